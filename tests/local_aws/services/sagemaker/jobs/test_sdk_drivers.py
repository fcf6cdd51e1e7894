"""The SDK's launcher scripts are read, and get this machine's address."""

import json

import pytest

from local_aws.instances.container import Container
from local_aws.services.sagemaker.jobs import sdk_drivers
from local_aws.state.objects.store import ObjectStore
from tests.local_aws.services.sagemaker.jobs.requests import channel
from tests.local_cloud import BUCKET

TORCHRUN = json.dumps({"process_count_per_node": 2, "smp": None})


@pytest.fixture
def container(tmp_path):
    container = Container(tmp_path, "algo-1")
    (container.ml / sdk_drivers.DRIVERS / "scripts").mkdir(parents=True)
    return container


@pytest.mark.parametrize(
    "content, count", [(TORCHRUN, 2), ('{"process_count_per_node": null}', 1), ("{}", 1), ("", 1)]
)
def test_the_launcher_says_how_many_processes_share_an_instance(container, content, count):
    (container.ml / sdk_drivers.DRIVERS / "distributed.json").write_text(content)
    assert sdk_drivers.processes(container) == count


def test_the_launcher_is_sent_to_this_machine(container):
    script = container.ml / sdk_drivers.DRIVERS / "scripts/environment.py"
    script.write_text('SM_MASTER_ADDR = "algo-1"\nSM_MASTER_PORT = 7777\n')
    sdk_drivers.point_home(container, 5000)
    assert script.read_text() == 'SM_MASTER_ADDR = "127.0.0.1"\nSM_MASTER_PORT = 5000\n'


@pytest.mark.parametrize("content, many", [(TORCHRUN, True), ("{}", False), (None, False)])
def test_torchrun_is_told_from_a_single_script(tmp_path, content, many):
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket(BUCKET)
    if content:
        store.put(BUCKET, "drivers/distributed.json", content.encode())
    job = {"InputDataConfig": [channel("code", "x/"), channel("sm_drivers", "drivers/")]}
    assert sdk_drivers.start_many(store, job) is many


def test_the_sdks_own_launcher_has_the_lines_that_are_rewritten(container):
    from sagemaker.train.constants import SM_DRIVERS_LOCAL_PATH

    with open(f"{SM_DRIVERS_LOCAL_PATH}/scripts/environment.py") as file:
        text = file.read()
    assert 'SM_MASTER_ADDR = "algo-1"' in text and "SM_MASTER_PORT = 7777" in text
