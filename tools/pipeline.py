"""Plans or puts the pipeline of a data set from version control; notebook 10 has made its roles.

python -m tools.pipeline plan    print what `put` would change, as Markdown
python -m tools.pipeline put     create the pipeline, or update it

COURSE_DATASET names the data set; .github/workflows/pipeline.yml runs both.
"""

import argparse
from collections.abc import Sequence

from helpers.automation.pipeline import put_pipeline
from helpers.automation.pipeline_roles import find_roles
from helpers.automation.plan import plan
from helpers.config import load_config
from helpers.feature_groups import describe


def main(argv: Sequence[str] | None = None) -> None:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("plan", "put"))
    command = parser.parse_args(argv).command
    config = load_config()
    roles = find_roles(config)
    describe(config)  # the executions write to it, and make none
    if command == "plan":
        print(plan(config, roles))
    else:
        print(f"{put_pipeline(config, roles).name} is up to date")


if __name__ == "__main__":
    main()
