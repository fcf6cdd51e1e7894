"""The starting projects' defects: code that has one fails the property that ours has.

Each property is a check. It passes with our code, and fails with a mutation of it, or a small
variant in its place, that has the defect.

| from | defect | property checked | in |
|---|---|---|---|
| bins | DECIMAL(20,18) can't hold 100 and more | a side of 109.25 inches survives | data |
| bins | the flat table loses records | a row for every bin, once | data |
| bins | one GET at a time | reads overlap | data |
| bins | unreadable samples skipped with a print | each object is in a shard or listed | data |
| bins | no split_by_worker: scored 4 times | 2 ranks x 4 workers score each once | streaming |
| bins | shards shuffled by the clock, ranks overlap | ranks' sets are disjoint | streaming |
| bins | tail batch of the evaluation dropped | the same, the tail included | streaming |
| bins | early stop's all_reduce on rank 0 only | all ranks stop at one evaluation | training |
| bins | schedule stepped on rank 0 only | one learning rate at each step | training |
| bins | parameters all-reduced on top of DDP | equals one large batch; no more sent | training |
| bins | class weights commented out | a class's weight scales its loss | training |
| bins | `module.` in the state dict | names are the bare model's | training |
| bins | never deployed | what training saves answers a request | serving |
| bins | bucket and account hard-coded | no code names one | serving |
| bins | no warm pool was ever configured | a search's jobs ask for one | serving |
| birds | windows of a recording on both sides | groups stay in one split | data |
| birds | validation has its own label index | a label has one index | streaming |
| birds | unreadable samples become zeros | they raise, and are listed | data, streaming |
| birds | macro AUC decides the early stop | wrong answers count against a model | training |
| birds | keeps the speech that training removed | requests sound as shards do | serving |
| birds | downloads packages and a model | nothing is fetched or run | serving |
"""

import signal

import pytest

from tests.defects import data, serving, streaming, training
from tests.defects.bench import Bench, RankHost

DEFECTS = [*data.DEFECTS, *streaming.DEFECTS, *training.DEFECTS, *serving.DEFECTS]


@pytest.fixture(scope="module")
def host():
    """Return the process from which ranks are forked."""
    made = RankHost()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def handler():
    """Leave the handler of SIGTERM, which a run takes, as it was."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def bench(tmp_path, host):
    return Bench(tmp_path, host)


def name(defect):
    return defect.name


PROPERTIES = {(defect.check, str(defect.ours)): defect for defect in DEFECTS}.values()


@pytest.mark.parametrize("defect", PROPERTIES, ids=name)
def test_our_code_has_the_property(defect, bench):
    defect.check(defect.ours, bench)


@pytest.mark.parametrize("defect", DEFECTS, ids=name)
def test_code_with_the_defect_has_not(defect, bench):
    with pytest.raises(AssertionError):
        defect.check(defect.defective, bench)
