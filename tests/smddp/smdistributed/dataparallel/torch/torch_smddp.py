"""Stands for AWS's SMDDP in tests: a backend over Gloo that refuses what SMDDP refuses.

It shows that a script keeps SMDDP's rules, and nothing of how SMDDP itself computes. Its name and
its registration by import are SMDDP's; its folder on the path makes it an installed package.

| refused | source |
|---|---|
| new_group, another backend beside it | https://docs.aws.amazon.com/sagemaker/latest/dg/data-parallel-modify-sdp-pt.html |
| `device_ids` of a barrier | the release notes of 1.4.0, named in helpers/training_setups.py |
| reductions but SUM, AVG, MIN, MAX | the guide to the library's own functions, 1.2, in the SDK's documentation |
| a tensor on the CPU, where there are GPUs | the same: a process for each GPU |
| all but all_reduce, broadcast, all_gather, barrier | no page: SMDDP may do more of them |
"""  # noqa: E501

import re
from datetime import timedelta

import torch
import torch.distributed as dist
from torch.distributed import distributed_c10d

NAME = "smddp"
REDUCTIONS = (dist.ReduceOp.SUM, dist.ReduceOp.AVG, dist.ReduceOp.MIN, dist.ReduceOp.MAX)
DONE = ("allreduce", "broadcast", "allgather", "barrier")
COLLECTIVE = re.compile("reduce|gather|scatter|all_?to_?all|send|recv|broadcast|barrier")
"""torch's names of collectives, which change from version to version."""


class Refused(RuntimeError):
    """SMDDP, or its stand-in, does not do this."""


class StandIn(dist.ProcessGroup):
    """All ranks of a run."""

    def __init__(self, store: dist.Store, rank: int, size: int, timeout: timedelta):
        super().__init__(rank, size)
        self.gloo = dist.ProcessGroupGloo(store, rank, size, timeout)

    def getBackendName(self) -> str:  # noqa: N802
        return NAME

    def allreduce(self, tensors: list, options: object = None) -> dist.Work:
        options = options or distributed_c10d.AllreduceOptions()
        if not any(options.reduceOp == reduction for reduction in REDUCTIONS):
            raise Refused("SMDDP reduces by SUM, AVG, MIN or MAX alone")
        return self.gloo.allreduce(on_gpus(tensors), options)

    def broadcast(self, tensors: list, options: object) -> dist.Work:
        return self.gloo.broadcast(on_gpus(tensors), options)

    def allgather(self, outputs: list, inputs: list, options: object = None) -> dist.Work:
        for tensors in outputs:
            on_gpus(tensors)
        return self.gloo.allgather(
            outputs, on_gpus(inputs), options or distributed_c10d.AllgatherOptions()
        )

    def barrier(self, opts: object = None) -> dist.Work:
        opts = opts or distributed_c10d.BarrierOptions()
        if opts.device_ids:
            raise Refused("SMDDP's barrier takes no device_ids")
        return self.gloo.barrier(opts)


def on_gpus(tensors: list) -> list:
    """Return the tensors.

    Raises:
        Refused: one is on the CPU, and this machine has GPUs.
    """
    if torch.cuda.is_available() and not all(tensor.is_cuda for tensor in tensors):
        raise Refused("SMDDP exchanges tensors on GPUs: this one is on the CPU")
    return tensors


def refusing(name: str) -> object:
    """Return a method that refuses a collective."""

    def method(self: StandIn, *arguments: object) -> None:
        raise Refused(f"SMDDP's stand-in has no {name}")

    return method


def alone(make_group: object) -> object:
    """Return torch's maker of process groups, which makes no second one beside SMDDP's."""

    def make(*arguments: object, **options: object) -> object:
        backend = str(arguments[3])
        if dist.is_initialized() and dist.get_backend() == NAME:
            raise Refused("SMDDP has one process group, and none beside it: no new_group")
        if NAME in backend and backend != NAME:
            raise Refused(f"SMDDP is used alone, not as {backend}")
        return make_group(*arguments, **options)

    return make


for each in filter(COLLECTIVE.search, dir(dist.ProcessGroup)):
    if each not in DONE:
        setattr(StandIn, each, refusing(each))
distributed_c10d._new_process_group_helper = alone(distributed_c10d._new_process_group_helper)
dist.Backend.register_backend(NAME, StandIn, devices=["cpu", "cuda"])
