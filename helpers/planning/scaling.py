"""How training speeds up with instances, by the model of all-reduce; and published runs beside it.

Each instance takes its share of a step; what backward can't hide of the exchange comes on top.
Left out: stragglers, the network inside an instance, the pipeline of the data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.instances import INSTANCES
from helpers.planning.allreduce import AllReduce
from helpers.planning.quantities import NETWORK, Quantity

IDEAL = AllReduce(step=20e-6, copy=0.0, link=1.0)
"""Where nobody measured: 20 us a step (an assumption), links as fast as AWS states them."""
LI = "https://simonwillison.net/2022/Sep/24/linden-li/"
SMDDP_PAGE = "https://github.com/awsdocs/amazon-sagemaker-developer-guide/blob/master/doc_source/data-parallel-intro.md"
P4D_4 = Quantity("1.3B parameters, 4 ml.p4d.24xlarge, NCCL", 3.9, "times one", LI, "2022-09")
P4D_16 = Quantity("1.3B parameters, 16 ml.p4d.24xlarge, NCCL", 14.4, "times one", LI, "2022-09")
SMDDP_GAINS = {
    nodes: Quantity(
        f"BERT, {nodes} ml.p3dn.24xlarge, SMDDP", gain, "times PyTorch DDP", SMDDP_PAGE, "2020-12"
    )
    for nodes, gain in {2: 1.41, 4: 1.52, 8: 1.13}.items()
}
"""Published with PyTorch 1.6. For ml.g4dn and ml.g5 no published run was found."""


@dataclass(frozen=True)
class Step:
    """One training step on one instance."""

    seconds: float
    """Of computing, for the whole batch, on one instance."""
    gradient_mb: float
    hidden: float = 0.0
    """Share of the exchange that runs beside the backward pass: 0 to 1."""


def step_seconds(
    step: Step, instances: int, mbit: float, model: AllReduce = IDEAL, *, whole_batch: bool = True
) -> float:
    """Return the seconds of a step on some instances.

    Args:
        mbit: Mbit/s that each instance can send.
        whole_batch: the batch stays as it is and is divided (strong scaling); or each instance
            takes such a batch (weak scaling).
    """
    computing = step.seconds / instances if whole_batch else step.seconds
    exchange = model.seconds(instances, step.gradient_mb, mbit)
    return computing + exchange * (1 - step.hidden)


def speedups(
    types: Sequence[str], counts: Sequence[int], step: Step, model: AllReduce = IDEAL
) -> pd.DataFrame:
    """Return the speedup and dollars of types and counts of instances, NCCL and SMDDP's best case.

    NCCL exchanges in sight, SMDDP at its best hides all of it behind the backward pass: the truth
    lies between. SMDDP runs on ml.p4d alone of these types. The batch grows with the instances.
    """
    rows = []
    for name in types:
        mbit, price = NETWORK[name].value * 1000, INSTANCES[name].price
        for count in counts:
            seconds = step_seconds(step, count, mbit, model, whole_batch=False)
            best = count if name.startswith("ml.p4d") else None
            rows.append(
                {
                    "instance type": name,
                    "instances": count,
                    "NCCL": count * step.seconds / seconds,
                    "SMDDP at best": best,
                    "$ a million steps' work of one": 1e6 * seconds / 3600 * price,
                }
            )
    return pd.DataFrame(rows)


def exchange_share(speedup: float, instances: int) -> float:
    """Return the exchange as a share of one instance's step, from a speedup of strong scaling."""
    return 1 / speedup - 1 / instances


def beside_published() -> pd.DataFrame:
    """Return published runs beside the model, which was told the first row of each.

    In a ring the exchange grows with 2 (n - 1) / n: from one number of instances follow all others.
    """
    rows = [("p4d, NCCL", "speedup", 4, P4D_4.value, None)]
    grows = _ring(16) / _ring(4)
    exchange = exchange_share(P4D_4.value, 4) * grows
    rows.append(("p4d, NCCL", "speedup", 16, P4D_16.value, 1 / (1 / 16 + exchange)))
    first, *others = SMDDP_GAINS
    rows.append(("p3dn, SMDDP over DDP", "gain", first, SMDDP_GAINS[first].value, None))
    for nodes in others:
        gain = 1 + (SMDDP_GAINS[first].value - 1) * _ring(nodes) / _ring(first)
        rows.append(("p3dn, SMDDP over DDP", "gain", nodes, SMDDP_GAINS[nodes].value, gain))
    table = pd.DataFrame(rows, columns=["run", "of", "instances", "published", "model"])
    return table.assign(error=table["model"] / table["published"] - 1)


def _ring(ranks: int) -> float:
    return 2 * (ranks - 1) / ranks
