"""Starts the process that forks ranks; bench.RankHost runs it.

python tests/defects/host.py <descriptor of a pipe>
"""

import sys
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    # As pytest has it: some installed package brings a `tests` of its own.
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(TESTS)]
    sys.path.append(str(TESTS.parent))
    import torch._dynamo  # noqa: F401  an optimizer loads it, which takes a second on each rank

    from tests.defects import bench, training  # noqa: F401

    bench.serve(Connection(int(sys.argv[1])))
