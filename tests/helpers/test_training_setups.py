"""One table says what a training job runs on which instances, and why."""

import pytest

from helpers.instances import INSTANCES, SMDDP_INSTANCES
from helpers.training_setups import (
    NEWEST,
    WITH_SMDDP,
    BackendRefused,
    choose_backend,
    setups,
    training_setup,
)

COLUMNS = ("image", "Python", "processes", "launcher", "backend")


@pytest.mark.parametrize(
    "instance, instances, image, processes, backend",
    [
        ("ml.m5.xlarge", 2, NEWEST, 1, "gloo"),
        ("ml.g4dn.xlarge", 2, NEWEST, 1, "nccl"),
        ("ml.g5.48xlarge", 1, NEWEST, 8, "nccl"),
        ("ml.p4d.24xlarge", 1, NEWEST, 8, "nccl"),
        ("ml.p4d.24xlarge", 2, WITH_SMDDP, 8, "smddp"),
        ("ml.p4de.24xlarge", 4, WITH_SMDDP, 8, "smddp"),
        ("ml.p5.48xlarge", 2, NEWEST, 8, "nccl"),
        ("ml.g6e.48xlarge", 2, NEWEST, None, "nccl"),
        ("ml.c7i.48xlarge", 2, NEWEST, None, "gloo"),
    ],
)
def test_image_processes_and_backend_follow_from_the_instances(
    instance, instances, image, processes, backend
):
    setup = training_setup(instance, instances)
    assert (setup.image, setup.processes, setup.backend) == (image, processes, backend)
    assert setup.launcher == ("mpirun" if backend == "smddp" else "torchrun")
    assert setup.reason


def test_smddp_can_be_had_for_one_instance_and_declined_for_two():
    assert training_setup("ml.p4d.24xlarge", smddp=True).backend == "smddp"
    assert training_setup("ml.p3dn.24xlarge", smddp=True).image is WITH_SMDDP
    declined = training_setup("ml.p4d.24xlarge", 2, smddp=False)
    assert (declined.image, declined.backend) == (NEWEST, "nccl")


@pytest.mark.parametrize("instance", ["ml.p3.2xlarge", "ml.p3dn.24xlarge"])
def test_a_v100_has_no_image_with_cuda_13(instance):
    with pytest.raises(ValueError, match="CUDA 13 has no code for its NVIDIA V100"):
        training_setup(instance, 2)


@pytest.mark.parametrize("instances", [1, 2])
@pytest.mark.parametrize("instance", [name for name in INSTANCES if ".p3" not in name])
def test_the_ranks_choose_the_backend_of_the_table(instance, instances):
    setup, gpus = training_setup(instance, instances), INSTANCES[instance].gpus
    has_smddp = setup.image.smddp is not None
    chosen, _ = choose_backend("auto", instance_type=instance, smddp=has_smddp, gpus=gpus)
    assert chosen == setup.backend
    assert setup.processes == max(1, gpus)


def marked(instance: str, instances: int) -> list[tuple[str, str]]:
    rows = setups(instance, instances)
    return [(row["instance type"], row["instances"]) for row in rows if row[""]]


@pytest.mark.parametrize(
    "instance, instances, row",
    [
        ("ml.g4dn.xlarge", 2, ("ml.g4dn.xlarge", "any")),
        ("ml.p4d.24xlarge", 1, ("ml.p4d.24xlarge", "1")),
        ("ml.p4d.24xlarge", 3, ("ml.p4d.24xlarge", "2 and more")),
        ("ml.c5.xlarge", 1, ("ml.c5.xlarge", "any")),
        ("ml.g6e.xlarge", 1, ("ml.g6e.xlarge", "any")),
    ],
)
def test_the_table_marks_the_row_of_the_chosen_instances_alone(instance, instances, row):
    assert marked(instance, instances) == [row]


def test_each_row_of_the_table_has_all_that_a_reader_asks_for():
    rows = setups("ml.g4dn.xlarge", 2)
    assert {row["instance type"] for row in rows} >= {n for n, k in INSTANCES.items() if k.gpus}
    assert all(tuple(row) == tuple(rows[0]) for row in rows)
    assert all(value for row in rows for name, value in row.items() if name)
    v100 = next(row for row in rows if row["instance type"] == "ml.p3.2xlarge")
    assert (v100["image"], v100["$ an hour"]) == ("none", "3.83") and "V100" in v100["why"]
    p4d = [row for row in rows if row["instance type"] == "ml.p4d.24xlarge"]
    assert [tuple(row[name] for name in COLUMNS) for row in p4d] == [
        ("PyTorch 2.13, CUDA 13.3", "3.12", "8", "torchrun", "nccl"),
        ("PyTorch 2.3.0, CUDA 12.1", "3.11", "8", "mpirun", "smddp"),
    ]


@pytest.mark.parametrize(
    "wanted, instance, smddp, gpus, chosen",
    [
        ("auto", "", False, 0, "gloo"),
        ("auto", "ml.m5.xlarge", True, 0, "gloo"),
        ("auto", "ml.g4dn.xlarge", False, 1, "nccl"),
        ("auto", "ml.g4dn.xlarge", True, 1, "nccl"),
        ("auto", "ml.p4d.24xlarge", False, 8, "nccl"),
        ("auto", "ml.p4d.24xlarge", True, 8, "smddp"),
        ("smddp", "ml.p4de.24xlarge", True, 8, "smddp"),
        ("nccl", "ml.p4d.24xlarge", True, 8, "nccl"),
        ("gloo", "ml.p4d.24xlarge", True, 8, "gloo"),
    ],
)
def test_the_backend_is_what_is_there(wanted, instance, smddp, gpus, chosen):
    backend, reason = choose_backend(wanted, instance_type=instance, smddp=smddp, gpus=gpus)
    assert backend == chosen
    assert reason


@pytest.mark.parametrize(
    "wanted, instance, smddp, gpus, why",
    [
        ("smddp", "ml.g4dn.xlarge", True, 1, "this is ml.g4dn.xlarge"),
        ("smddp", "", False, 0, "this is no SageMaker instance"),
        ("smddp", "ml.p4d.24xlarge", False, 8, "not in this image"),
        ("smddp", "ml.p4d.24xlarge", True, 0, "needs a CUDA device"),
        ("nccl", "ml.m5.xlarge", False, 0, "needs a CUDA device"),
        ("mpi", "", False, 0, "No backend 'mpi'"),
    ],
)
def test_a_backend_that_cannot_run_is_refused_with_the_reason(wanted, instance, smddp, gpus, why):
    with pytest.raises(BackendRefused, match=why):
        choose_backend(wanted, instance_type=instance, smddp=smddp, gpus=gpus)


def test_the_refusal_of_smddp_lists_the_instances_that_have_it():
    with pytest.raises(BackendRefused) as refusal:
        choose_backend("smddp", instance_type="ml.g4dn.xlarge", smddp=True, gpus=1)
    assert all(name in str(refusal.value) for name in SMDDP_INSTANCES)
