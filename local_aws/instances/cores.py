"""How many of this machine's cores a job's process gets; knows instance types by their sizes.

EC2's sizes double their vCPU in every family: large has 2, xlarge 4, Nxlarge 4N
(https://aws.amazon.com/ec2/instance-types/).
"""

import re

SIZE = re.compile(r"ml\.[a-z0-9-]+\.(?:(small|medium|large)|(\d*)xlarge)")


def vcpu(instance_type: str) -> int | None:
    """Return the vCPU of an instance type; None where its name says nothing of its size."""
    if not (match := SIZE.fullmatch(instance_type)):
        return None
    small, times = match.groups()
    return 2 if small else 4 * int(times or 1)


def cores_for(instance_type: str, machine_cores: int, instances: int, processes: int = 1) -> int:
    """Return how many cores of this machine one process of a job gets: its share, at most its own.

    Args:
        machine_cores: of the machine that plays all the job's instances.
        processes: of the job on each instance.
    """
    share = machine_cores // (instances * processes)
    if known := vcpu(instance_type):
        share = min(share, known // processes)
    return max(1, share)
