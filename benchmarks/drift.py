"""False alarms and power of monitoring's thresholds, on windows of unchanged and changed traffic.

python benchmarks/drift.py [--baselines 200] [--windows 10] [--populations simulated bins birds]
                           [--documents FOLDER]

A population gives baselines and windows that have no object in common; where objects come in
groups (of a recordist), windows of groups that the baseline lacks are counted apart.
`simulated` has every kind of column, also answers and labels, and new values each time; `bins` and
`birds` are the sample data, split anew each time. Objects are measured once; with --documents not
at all: the documents of `09` hold what its jobs have measured.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from helpers.datasets import Unreadable, load_dataset
from helpers.monitoring.checks import Judge, Settings, kind_of
from helpers.monitoring.documents import read_statistics
from helpers.monitoring.observations import Column, Observations
from helpers.storage import LocalFolder

OBJECTS, WINDOW = 400, 70
CHANGED = 200
"""Windows of each change."""
SIZES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5)
THREADS = 2
RESAMPLED = 4000
Draw = tuple[Observations, list[Observations]]


def upper_limit(hits: Sequence[int], windows: int, level: float = 0.95) -> float:
    """Return the upper confidence limit of the share of windows that raise an alarm.

    Windows of one baseline share its luck. So it is the larger of two: Clopper and Pearson's, 1934,
    for windows that do not depend on each other, and that of baselines drawn anew: Efron, 1979.

    Args:
        hits: of each baseline.
        windows: of each baseline.
    """
    from scipy.stats import beta

    total, trials = sum(hits), len(hits) * windows
    exact = float(beta.ppf(level, total + 1, trials - total)) if total < trials else 1.0
    rng = np.random.default_rng(0)
    shares = rng.choice(hits, (RESAMPLED, len(hits))).mean(1) / windows
    return max(exact, float(np.quantile(shares, level)))


def simulated(windows: int, rng: np.random.Generator) -> Draw:
    """Return a baseline of every kind of column, and windows of the same law."""

    def drawn(count: int) -> Observations:
        normal = rng.normal(size=count)
        rows = {
            "normal": normal,
            "related": 0.9 * normal + 0.4 * rng.normal(size=count),
            "heavy": rng.standard_t(2, size=count),
            "mostly_zero": rng.exponential(size=count) * (rng.random(count) < 0.1),
            "rounded": np.round(rng.gamma(2, size=count), 1),
            "confidence": rng.beta(8, 1, size=count),
            "right": (rng.random(count) < 0.9).astype(float),
        }
        observations, groups = Observations(), [str(i) for i in range(count)]
        for name, values in rows.items():
            observations.columns[name] = Column(values.tolist(), groups)
        label = rng.choice(list("abcdefgh"), size=count, p=np.arange(1, 9) / 36)
        observations.columns["label"] = Column(label.tolist(), groups)
        return observations

    return drawn(OBJECTS), [drawn(WINDOW) for _ in range(windows)]


class Pool:
    """The sample data of a data set, measured, as it is and after each change."""

    def __init__(self, name: str, seed: int = 0) -> None:
        self.dataset = load_dataset(name)
        with tempfile.TemporaryDirectory() as folder:
            self.dataset.make_sample(Path(folder), seed=seed)
            raw = LocalFolder(folder)
            keys = [entry.key for entry in raw.list(etags=False)]
            records, _ = self.dataset.records(keys, raw.read)
            bodies = [(record.groups[0], raw.read(record.media)) for record in records]
        whole = self._measured([data for _, data in bodies])
        kept = [i for i, row in enumerate(whole) if row]
        self.rows = [whole[i] for i in kept]
        self.groups = [bodies[i][0] for i in kept]
        rng = np.random.default_rng(seed)
        some = rng.choice(kept, min(len(kept), 150), replace=False)
        self.changed = {
            change: [row for row in self._measured([act(bodies[i][1], rng) for i in some]) if row]
            for change, act in self.dataset.shifts().items()
        }

    @classmethod
    def from_documents(cls, folder: Path) -> "Pool":
        """Return what notebook 09 has left: `baseline`, `<endpoint>/ordinary` and each change."""
        pool = cls.__new__(cls)
        found = {
            path.parent.name: read_statistics(json.loads(path.read_text("utf-8")))
            for path in sorted(folder.rglob("statistics.json"))
        }
        inputs = [name for name in found["baseline"].columns if kind_of(name) == "input"]

        def rows(observations: Observations) -> list[dict]:
            values = (observations.columns[name].values for name in inputs)
            return [dict(zip(inputs, row, strict=True)) for row in zip(*values, strict=True)]

        whole = found.pop("baseline")
        pool.rows, pool.groups = rows(whole), whole.columns[inputs[0]].groups
        plain = ("ordinary", "-half", "-labeled")
        pool.changed = {name: rows(each) for name, each in found.items()
                        if not name.endswith(plain)}  # fmt: skip
        return pool

    def _measured(self, bodies: list[bytes]) -> list[dict]:
        def features(data: bytes) -> dict:
            try:
                return dict(self.dataset.features(data))
            except Unreadable:
                return {}

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(features, bodies))

    def draw_alike(self, windows: int, rng: np.random.Generator) -> Draw:
        """Return a baseline and windows of the same groups, with no object in common."""
        order = rng.permutation(len(self.rows)).tolist()
        size = min(OBJECTS, 7 * len(order) // 10)
        drawn = []
        for _ in range(windows):
            chosen = rng.choice(order[size:], WINDOW, replace=False)
            drawn.append(self._observations(chosen.tolist()))
        return self._observations(order[:size]), drawn

    def draw(self, windows: int, rng: np.random.Generator) -> Draw:
        """Return a baseline of some groups, and windows of the others, whole groups in a row."""
        names = list(dict.fromkeys(self.groups))
        rng.shuffle(names)
        base = set(names[: int(0.7 * len(names))])
        inside = [i for i, group in enumerate(self.groups) if group in base][: 3 * OBJECTS]
        others = names[len(base) :]
        drawn = []
        for _ in range(windows):
            rng.shuffle(others)
            place = {group: number for number, group in enumerate(others)}
            outside = [i for i, group in enumerate(self.groups) if group not in base]
            outside.sort(key=lambda i: place[self.groups[i]])
            drawn.append(self._observations(outside[:WINDOW]))
        return self._observations(sorted(inside)[:OBJECTS]), drawn

    def changed_windows(self, change: str, rng: np.random.Generator) -> Iterator[Observations]:
        """Yield windows of changed objects."""
        rows = self.changed[change]
        for _ in range(CHANGED):
            chosen = rng.choice(len(rows), min(WINDOW, len(rows) * 2 // 3), replace=False)
            observations = Observations()
            observations.add([rows[i] for i in chosen], [str(i) for i in chosen])
            yield observations

    def _observations(self, chosen: list[int]) -> Observations:
        observations = Observations()
        observations.add([self.rows[i] for i in chosen], [self.groups[i] for i in chosen])
        return observations


def fires(judge: Judge, window: Observations) -> bool:
    """Say whether any check of a window fires, of drift or of quality."""
    return any(each.fired for each in judge.check(window))


def false_alarms(draw: Callable, baselines: int, windows: int, seed: int) -> list[int]:
    """Return the number of windows that raise an alarm, for each baseline."""
    hits = []
    for number in range(baselines):
        baseline, drawn = draw(windows, np.random.default_rng([seed, number]))
        judge = Judge(baseline, Settings(power_rounds=1, seed=number))
        hits.append(sum(fires(judge, window) for window in drawn))
    return hits


def seen(pool: Pool, change: str, seed: int) -> int:
    """Return the number of changed windows that raise an alarm."""
    rng = np.random.default_rng(seed)
    baseline, _ = pool.draw(0, rng)
    judge = Judge(baseline, Settings(power_rounds=1))
    return sum(fires(judge, window) for window in pool.changed_windows(change, rng))


def power(seed: int) -> Iterator[tuple[float, float]]:
    """Yield the size of a shift of one column, and the share of reports that see it."""
    rng = np.random.default_rng(seed)
    baseline, windows = simulated(CHANGED, rng)
    judge = Judge(baseline, Settings(power_rounds=1))
    for size in SIZES:
        hits = 0
        for window in windows:
            values = [value + size for value in window.columns["normal"].values]
            columns = {**window.columns, "normal": Column(values, window.columns["normal"].groups)}
            hits += fires(judge, Observations(columns))
        yield size, hits / len(windows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baselines", type=int, default=200)
    parser.add_argument("--windows", type=int, default=10)
    parser.add_argument("--populations", nargs="*", default=["simulated", "bins", "birds"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--documents", type=Path, nargs="*", default=[], help="of 09")
    args = parser.parse_args()
    for name in [*args.populations, *args.documents]:
        pool = None if name == "simulated" else Pool(name) if isinstance(name, str) else (
            Pool.from_documents(name)
        )  # fmt: skip
        draws = {"": simulated} if pool is None else {"": pool.draw_alike}
        if pool and len(set(pool.groups)) < len(pool.groups):
            draws[" of groups that the baseline lacks"] = pool.draw
        for whose, draw in draws.items():
            hits = false_alarms(draw, args.baselines, args.windows, args.seed)
            total, trials = sum(hits), args.baselines * args.windows
            limit = upper_limit(hits, args.windows)
            print(f"{name}: {total} of {trials} windows of unchanged traffic{whose}", end=" ")
            print(f"raise an alarm: {total / trials:.2%}, 95 % upper limit {limit:.2%}", flush=True)
        for change in pool.changed if pool else ():
            print(
                f"{name}, {change}: {seen(pool, change, args.seed)} of {CHANGED} seen", flush=True
            )
    for size, share in power(args.seed):
        print(f"a shift of {size:g} standard deviations: {share:.1%} of the reports see it")


if __name__ == "__main__":
    main()
