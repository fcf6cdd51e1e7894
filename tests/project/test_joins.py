"""No name from outside is joined to a path but by paths.py, which encodes, refuses and proves."""

import pytest

from tests.joins import joins
from tests.places import ROOT
from tools.readme import tracked

PLACES = {"helpers/paths.py", "local_aws/state/paths.py"}
"""The two modules that join names."""
ALLOWED = {
    # The file system itself listed these names, in the folder that they are joined to again.
    ("helpers/datasets/bins/ingest.py", "source / rows[name]"),
    ("helpers/datasets/bins/ingest.py", "source / photos[name]"),
    ("local_aws/instances/supervise.py", "open(f'/proc/{name}/stat', errors='replace')"),
    ("local_aws/instances/supervise.py", "open(f'/proc/{pid}/environ', 'rb')"),
    ("local_aws/instances/supervise.py", "os.listdir(f'/proc/{pid}/fd')"),
    ("local_aws/instances/supervise.py", "os.readlink(f'/proc/{pid}/fd/{number}')"),
    ("local_aws/state/objects/outside_changes.py", "os.path.join(parent, name)"),
    ("helpers/storage.py", "Path(folder) / name"),
    # An instance's own pip, with no other rights than its job: names of its requirements files, and
    # what pip wrote down of the packages that this machine has.
    ("local_aws/images/pip_front.py", "os.path.join(folder, value)"),
    ("local_aws/images/pip_front.py", "os.path.join(self.site, file)"),
    ("local_aws/images/pip_front.py", "os.path.join(self.source, file)"),
    ("local_aws/images/pip_front.py", "os.path.join(sys.prefix, 'bin', entry.name)"),
    # The user's own setting: a folder anywhere.
    ("helpers/config.py", "ROOT / folder"),
    ("helpers/config.py", "ROOT / file"),
    # Their callers name the files, in literals.
    ("helpers/glue_jobs.py", "ROOT / script"),
    ("helpers/automation/processing_step.py", "ROOT / 'scripts_process' / script"),
    # Its callers name the folders, in literals.
    ("helpers/datasets/bins/ingest.py", "source / name"),
    # The kind is ProcessingJob or TrainingJob.
    (
        "local_aws/services/sagemaker/jobs/runner.py",
        "(self._parts.context.state / 'instances').glob(f'{kind}-*')",
    ),
    # A row of the index, which this store wrote for files whose places it had proved.
    ("local_aws/state/objects/intents.py", "Path(self._top, file)"),
    # A row of the index: key_files.home proved its place when the object was written.
    (
        "local_aws/state/objects/info.py",
        "Path(f'{side}/{location}' if location else f'{root}/{bucket}/{key}')",
    ),
}


@pytest.fixture(scope="module")
def found():
    """Return all joins of the package and the job scripts."""
    names = [str(p) for p in tracked() if p.suffix == ".py" and p.parts[0] != "tests"]
    ours = [name for name in names if name.startswith(("helpers/", "local_aws/", "scripts_"))]
    sources = {name: (ROOT / name).read_text() for name in ours}
    return {join for join in joins(sources) if join[0] not in PLACES}


def test_only_paths_joins_a_name_from_outside(found):
    assert not found - ALLOWED


def test_nothing_is_allowed_that_is_not_there(found):
    assert not ALLOWED - found


@pytest.mark.parametrize(
    "line",
    [
        "root / request['logGroupName']",
        "root / 'logs' / f'{name}.jsonl'",
        "root / quote(name, safe='')",
        "Path(root) / entry.key",
        "self.root / key",
        "(self.root / key).read_bytes()",
        "self.made_at(1).parent / name",
        "root / info.name",
        "root.joinpath('a', name)",
        "os.path.join(root, name)",
        "Path(root, name)",
        "open(f'{root}/{name}')",
        "os.makedirs(str(root) + name)",
        "text = f'{root}/{name}'; os.remove(text)",
        "root.glob(f'{name}*')",
        "root.with_name(f'{name}-again')",
        "tarfile.open('a').extractall(root)",
        "[root / member.name for member in tar]",
    ],
)
def test_a_join_of_a_name_from_outside_is_found(line):
    assert [place for place, _ in joins({"a.py": _module(line)})] == ["a.py"]


@pytest.mark.parametrize(
    "line",
    [
        "root / 'model' / NAME",
        "paths.child(root, name) / 'group.json'",
        "below(root, name)",
        "[root / name for name in ('a', 'b')]",
        "[root / f'{name}.csv' for name, _ in TABLES.items()]",
        "root.with_name(f'.{root.name}.{os.getpid()}')",
        "root / f'checkpoint-{count:09d}.pt'",
        "count / total",
        "tarfile.open('a').extractall(root, filter='data')",
        "root.rglob('*.json')",
        "', '.join(names)",
    ],
)
def test_what_a_file_says_itself_is_no_fault(line):
    assert not list(joins({"a.py": _module(line)}))


def _module(line: str) -> str:
    return f"""
class A:
    def __init__(self, root: Path):
        self.root = root
    def made_at(self, count: int) -> Path: ...
    def use(self, root: Path, name: str, request: dict, count: int):
        {line}
"""
