"""Runs train.py with the stand-in for SMDDP, as if this machine had the GPUs of an ml.p4d.24xlarge.

torchrun --nproc_per_node 2 tests/smddp/train_on_p4d.py <flags of train.py>
"""

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]

from helpers.training import distributed  # noqa: E402
from helpers.training_setups import choose_backend  # noqa: E402


def choose(wanted: str, **facts: object) -> tuple[str, str]:
    """Choose as on the instance: the tensors stay where this machine has them."""
    return choose_backend(wanted, **facts | {"instance_type": "ml.p4d.24xlarge", "gpus": 8})


distributed.choose_backend = choose
runpy.run_path(str(ROOT / "scripts_train" / "train.py"), run_name="__main__")
