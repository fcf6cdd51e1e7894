"""A process's share of this machine's cores, by the size of its instance type."""

import pytest

from helpers.instances import INSTANCES
from local_aws.instances.cores import cores_for, vcpu


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


def test_a_types_size_says_its_vcpu():
    assert {name: vcpu(name) for name in INSTANCES} == {n: k.vcpu for n, k in INSTANCES.items()}
    assert vcpu("ml.m5.2x") is None
