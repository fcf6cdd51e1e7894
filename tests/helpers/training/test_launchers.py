"""A process learns its place in a run from torchrun, or from the launcher of SMDDP."""

import pytest

from helpers.training.launchers import Launch, launched

TORCHRUN = {"RANK": "9", "WORLD_SIZE": "16", "LOCAL_RANK": "1", "MASTER_ADDR": "algo-1"}
MPI = {
    "OMPI_COMM_WORLD_RANK": "9",
    "OMPI_COMM_WORLD_SIZE": "16",
    "OMPI_COMM_WORLD_LOCAL_RANK": "1",
}
SERVER = {"SMDATAPARALLEL_SERVER_ADDR": "algo-1", "SMDATAPARALLEL_SERVER_PORT": "7592"}


@pytest.mark.parametrize(
    "environ, launch",
    [
        ({}, Launch()),
        (TORCHRUN, Launch(9, 16, 1)),
        (MPI | {"MASTER_ADDR": "algo-1", "MASTER_PORT": "7777"}, Launch(9, 16, 1)),
        (MPI | SERVER, Launch(9, 16, 1, "tcp://algo-1:7594")),
        (TORCHRUN | MPI | SERVER, Launch(9, 16, 1)),
    ],
)
def test_a_process_learns_its_place_from_its_launcher(environ, launch):
    assert launched(environ) == launch
