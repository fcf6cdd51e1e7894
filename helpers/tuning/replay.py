"""Replays searches over trials that were measured before, with many seeds; starts no job.

Every combination of some values was measured, once or more: a replayed trial draws one of its
measurements, as a real one would. What a search found is judged by the mean of all measurements of
its choice, so a lucky draw does not count; where there is one measurement alone, its luck does.
Positions on the scale of values stand for the values.
"""

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import optuna
import pandas as pd
from optuna.distributions import IntDistribution
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

STRATEGIES = ("Random", "Bayesian")


class Measured:
    """The measurements of every combination of hyperparameters.

    Args:
        table: a column for each hyperparameter, and `objective`; more is better.

    Raises:
        ValueError: a combination was not measured.
    """

    def __init__(self, table: pd.DataFrame):
        names = [name for name in table.columns if name != "objective"]
        self.scales = {name: sorted(table[name].unique().tolist()) for name in names}
        self.values = {key: rows.to_numpy() for key, rows in table.groupby(names)["objective"]}
        missing = [key for key in product(*self.scales.values()) if key not in self.values]
        if missing:
            raise ValueError(f"Not measured: {missing[:3]}")
        self.means = {key: float(values.mean()) for key, values in self.values.items()}

    @property
    def best(self) -> float:
        """Return the mean of the best combination."""
        return max(self.means.values())

    def combination(self, positions: Mapping[str, int]) -> tuple:
        """Return the combination at these positions of the scales."""
        return tuple(scale[positions[name]] for name, scale in self.scales.items())


def replay(measured: Measured, *, trials: int, seeds: int, startup: int = 2) -> pd.DataFrame:
    """Return what each strategy has found after each trial, for each seed.

    Args:
        startup: the random trials with which Bayesian begins.

    Returns:
        Columns `strategy`, `seed`, `trial` from 1 on, and `found`: the mean of all measurements of
        the combination that has looked best so far.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    rows = [
        (strategy, seed, trial, found)
        for strategy in STRATEGIES
        for seed in range(seeds)
        for trial, found in enumerate(
            _search(measured, _sampler(strategy, seed, startup), trials, seed), 1
        )
    ]
    return pd.DataFrame(rows, columns=["strategy", "seed", "trial", "found"])


def _sampler(strategy: str, seed: int, startup: int) -> BaseSampler:
    if strategy == "Random":
        return RandomSampler(seed=seed)
    return TPESampler(seed=seed, n_startup_trials=startup)


def _search(measured: Measured, sampler: BaseSampler, trials: int, seed: int) -> Iterator[float]:
    """Yield the mean of the best-looking combination after each trial."""
    study = optuna.create_study(direction="maximize", sampler=sampler)
    space = {name: IntDistribution(0, len(scale) - 1) for name, scale in measured.scales.items()}
    rng, highest, found = np.random.default_rng(seed), -np.inf, np.nan
    for _ in range(trials):
        trial = study.ask(space)
        combination = measured.combination(trial.params)
        value = float(rng.choice(measured.values[combination]))
        study.tell(trial, value)
        if value > highest:
            highest, found = value, measured.means[combination]
        yield found


def spread(results: pd.DataFrame, trials: int) -> pd.DataFrame:
    """Return what the strategies found after some trials: mean, spread over the seeds, quantiles.

    The standard error is that of the mean over the seeds.
    """
    found = results[results["trial"] == trials].groupby("strategy", sort=False)["found"]
    table = pd.DataFrame(
        {
            "seeds": found.size(),
            "mean": found.mean(),
            "standard error": found.sem(),
            "spread over seeds": found.std(),
            "10 %": found.quantile(0.1),
            "90 %": found.quantile(0.9),
        }
    )
    return table.rename_axis(f"after {trials} trials")


def verdict(results: pd.DataFrame, trials: int) -> str:
    """Return one sentence on Bayesian beside Random after some trials; seeds are in pairs."""
    pairs = results[results["trial"] == trials].pivot(
        index="seed", columns="strategy", values="found"
    )
    gaps = pairs["Bayesian"] - pairs["Random"]
    gap, error = gaps.mean(), gaps.sem()
    if abs(gap) <= 2 * error:
        judged = "so many seeds can't tell them apart"
    else:
        judged = f"{'Bayesian' if gap > 0 else 'Random'} is better on average"
    share = f"Bayesian found the better one in {(gaps > 0).mean():.0%} of {len(gaps)} seeds"
    share += f", the worse one in {(gaps < 0).mean():.0%}"
    return f"After {trials} trials: {gap:+.4f}, standard error {error:.4f}: {judged}. {share}."
