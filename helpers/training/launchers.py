"""What the launcher of a run tells each of its processes, by variables; starts nothing.

torchrun sets torch's own variables. SMDDP's launcher, mpirun in SageMaker's training toolkit, sets
Open MPI's and the address of SMDDP's server. AWS's own test of the images reads them so
(https://github.com/aws/deep-learning-containers/blob/3541e7e/test/sagemaker_tests/pytorch/training/resources/smdataparallel/smdataparallel_throughput_post_ptbackend.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Launch:
    """The place of a process in its run; by default, it is the only one."""

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0
    """Among the processes of its instance."""
    rendezvous: str = "env://"
    """Where the processes meet, as torch writes it."""


def launched(environ: Mapping[str, str]) -> Launch:
    """Return the place that the environment of a process names."""
    if "WORLD_SIZE" in environ:
        prefix = ""
    elif "OMPI_COMM_WORLD_SIZE" in environ:
        prefix = "OMPI_COMM_WORLD_"
    else:
        return Launch()
    names = ("RANK", "SIZE" if prefix else "WORLD_SIZE", "LOCAL_RANK")
    rank, size, local_rank = (int(environ[prefix + name]) for name in names)
    if "MASTER_ADDR" in environ or "SMDATAPARALLEL_SERVER_ADDR" not in environ:
        return Launch(rank, size, local_rank)
    # SMDDP listens at this port itself, and at the next one.
    port = int(environ["SMDATAPARALLEL_SERVER_PORT"]) + 2
    return Launch(rank, size, local_rank, f"tcp://{environ['SMDATAPARALLEL_SERVER_ADDR']}:{port}")
