"""Tries on one rank what SMDDP refuses, with its stand-in; prints what each attempt raised."""

import json
import sys
from pathlib import Path

import torch
import torch.distributed as dist

sys.path.insert(0, str(Path(__file__).resolve().parent))


def start(backend: str) -> None:
    dist.init_process_group(backend, store=dist.HashStore(), rank=0, world_size=1)


def mix() -> None:
    start("cpu:gloo,cuda:smddp")


ONE = torch.ones(1)
TRIES = {
    "new_group": lambda: dist.new_group([0]),
    "a Gloo group": lambda: dist.new_group([0], backend="gloo"),
    "device_ids": lambda: dist.barrier(device_ids=[0]),
    "a product": lambda: dist.all_reduce(ONE, op=dist.ReduceOp.PRODUCT),
    "reduce": lambda: dist.reduce(ONE, 0),
    "gather": lambda: dist.gather(ONE, [ONE]),
    "scatter": lambda: dist.scatter(ONE, [ONE]),
    "send": lambda: dist.send(ONE, 1),
    "all_to_all": lambda: dist.all_to_all([ONE], [ONE]),
    "reduce_scatter": lambda: dist.reduce_scatter(ONE, [ONE]),
    "all_gather_into_tensor": lambda: dist.all_gather_into_tensor(ONE, ONE),
    "all_reduce": lambda: dist.all_reduce(ONE),
    "all_gather": lambda: dist.all_gather([torch.zeros(1)], ONE),
    "broadcast": lambda: dist.broadcast(ONE, 0),
    "barrier": lambda: dist.barrier(),
}


def attempt(action: object) -> str:
    """Return what an action raised; empty if it ended well."""
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


raised = {"before its import": attempt(lambda: start("smddp"))}
import smdistributed.dataparallel.torch.torch_smddp  # noqa: E402, F401

raised["beside another backend"] = attempt(mix)
start("smddp")
raised |= {name: attempt(action) for name, action in TRIES.items()}
print(json.dumps(raised))
# Left to the interpreter's end, the threads of the group may end the process by a signal.
dist.destroy_process_group()
