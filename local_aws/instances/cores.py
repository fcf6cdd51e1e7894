"""Computes how many of this machine's cores a process gets; knows the sizes of instance types.

EC2's sizes double their vCPU in every family: large has 2, xlarge 4, Nxlarge 4N
(https://aws.amazon.com/ec2/instance-types/).
"""

import re

SIZE = re.compile(r"ml\.[a-z0-9-]+\.(?:(small|medium|large)|(\d*)xlarge)")


def vcpu(instance_type: str) -> int | None:
    """Return the vCPUs of an instance type; None if its name has no known size."""
    if not (match := SIZE.fullmatch(instance_type)):
        return None
    small, times = match.groups()
    return 2 if small else 4 * int(times or 1)


def cores_for(instance_type: str, machine_cores: int, instances: int, processes: int = 1) -> int:
    """Return the cores of one process: its share of the instance's vCPUs, and of this machine.

    Args:
        machine_cores: cores of this machine, on which all instances of the job run.
        processes: processes of the job on each instance.
    """
    share = machine_cores // (instances * processes)
    if known := vcpu(instance_type):
        share = min(share, known // processes)
    return max(1, share)
