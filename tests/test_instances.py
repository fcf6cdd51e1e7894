"""The table of instance types, and a process's share of the machine that plays them."""

import pytest

from helpers.instances import INSTANCES, cores_for
from helpers.local_aws.validate import service_model


@pytest.mark.parametrize(
    "kind, machine, instances, processes, cores",
    [
        ("ml.m5.large", 16, 1, 1, 2),  # no more than the type has
        ("ml.m5.xlarge", 16, 1, 2, 2),
        ("ml.m5.4xlarge", 16, 2, 1, 8),  # nor than the machine has for each
        ("ml.m5.4xlarge", 16, 2, 4, 2),
        ("ml.m5.4xlarge", 2, 4, 1, 1),
        ("ml.unknown", 8, 2, 1, 4),
    ],
)
def test_a_process_gets_its_share_of_the_cores(kind, machine, instances, processes, cores):
    assert cores_for(kind, machine, instances, processes) == cores


def test_every_type_of_the_table_is_one_of_sagemakers():
    known = service_model("sagemaker").shape_for("TrainingInstanceType").enum
    assert set(INSTANCES) <= set(known)


def test_a_type_has_accelerators_with_a_name_or_neither():
    assert all(bool(kind.gpus) == bool(kind.gpu) for kind in INSTANCES.values())
