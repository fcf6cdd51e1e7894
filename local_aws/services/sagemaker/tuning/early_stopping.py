"""The median rule of `TrainingJobEarlyStoppingType: Auto`; pure numbers.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
"""

from collections.abc import Iterable, Sequence
from statistics import fmean, median


def is_hopeless(values: Sequence[float], earlier: Iterable[Sequence[float]], best: int) -> bool:
    """Say whether a running trial is worse than the median of earlier trials at the same epoch.

    Args:
        values: the trial's objective after each epoch so far.
        earlier: the objectives of ended trials; those with fewer epochs do not count.
        best: 1 where more is better, -1 where less is.
    """
    if not values:
        return False
    epochs = len(values)
    averages = [fmean(other[:epochs]) for other in earlier if len(other) >= epochs]
    return bool(averages) and best * values[-1] < best * median(averages)
