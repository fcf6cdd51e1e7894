"""Words a report for a person: one page of HTML with its plots, light and dark; loads nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from helpers.monitoring import charts, thresholds
from helpers.monitoring.checks import Check, Settings, kind_of
from helpers.monitoring.observations import RIGHT, Column, Observations
from helpers.monitoring.truth import accuracy

SHIFTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Sizes of the power's curve, in standard deviations of the baseline."""
CURVE_ROUNDS = 60
MOST_FAULTS = 20
"""Unreadable objects that are listed; the statistics have all."""
STYLE = """
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#5b626b;--base:#9db8d2;--now:#c04a00;
--line:#d5dae0}
@media(prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--base:#3d5f80;
--now:#ff9d5c;--line:#30363d}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);margin:2rem auto;
max-width:60rem;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:middle}
th{color:var(--soft);font-weight:600}td.n{text-align:right;font-variant-numeric:tabular-nums}
.fired{color:var(--now);font-weight:700}.soft{color:var(--soft)}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem}
figure{margin:0}figcaption{font-size:.9rem}.plot{width:100%;height:auto}.gauge{width:8rem}
.base{fill:var(--base)}.line{fill:var(--now)}.now{fill:none;stroke:var(--now);stroke-width:2}
.axis{fill:none;stroke:var(--soft)}.mark{fill:var(--ink)}text{fill:var(--soft);font-size:11px}
"""


def report(
    baseline: Observations, window: Observations, checks: Sequence[Check], settings: Settings, *,
    title: str,
) -> str:  # fmt: skip
    """Return the page of one window's checks."""
    fired = [check for check in checks if check.fired]
    drift = [check for check in checks if check.distance is not None]
    share = settings.rate / max(1, len(drift))
    verdict = f"{len(fired)} of {len(checks)} checks fired"
    if not checks:
        verdict = "Nothing was captured, so nothing is known"
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            f'<p class="{"fired" if fired else ""}">{verdict}.</p>',
            f"<p>{len(window)} objects against {len(baseline)} of the baseline. On unchanged"
            f" traffic at most {settings.rate:.0%} of the reports raise an alarm: each of the"
            f" {len(drift)} comparisons has a threshold that chance exceeds in at most {share:.2%}"
            f" of windows of this size: of {settings.rounds} that were drawn from the baseline, and"
            f" of {settings.rounds} ways to part its objects and this window's anew.</p>",
            f"<p>Accuracy by the labels that have come: {escape(str(accuracy(window)))};"
            f" in the baseline: {escape(str(accuracy(baseline)))}.</p>",
            _strangers(baseline, window) if checks else "",
            _table(drift),
            _quality([check for check in checks if check.distance is None]),
            _plots(baseline, window, drift),
            _power(baseline, window, drift, settings),
            _faults(window),
            "</body></html>",
        ]
    )


def power_curve(base: Column, size: int, threshold: float, seed: int = 0) -> list[float]:
    """Return the share of windows in which each of `SHIFTS` is seen."""
    known = base.known
    values = np.array(known.values, float)
    rng = np.random.default_rng(seed)
    members = thresholds.windows(known.groups, size, CURVE_ROUNDS, rng)
    return [thresholds.power(values, members, threshold, s * values.std()) for s in SHIFTS]


def _strangers(baseline: Observations, window: Observations) -> str:
    """Say how little a baseline of few groups can promise of others."""
    column = max(baseline.columns.values(), key=lambda each: len(each.values))
    rate = thresholds.strangers_rate(column.groups, max(1, len(window)))
    if rate is None:
        return ""
    return (
        f"<p>The baseline's objects come in {len(set(column.groups))} groups that resemble"
        " themselves. For a window of other groups alone no method can promise a rate below"
        f" {rate:.0%} with this baseline: more groups, not more objects, lower it.</p>"
    )


def _table(drift: Sequence[Check]) -> str:
    head = ("feature", "tells of", "distance", "threshold", "", "", "power")
    rows = []
    for check in drift:
        state = '<td class="fired">fired</td>' if check.fired else '<td class="soft">quiet</td>'
        rows.append(
            f"<tr><th>{escape(check.feature)}</th><td>{kind_of(check.feature)}</td>"
            f'<td class="n">{check.distance:.3f}</td><td class="n">{check.threshold:.3f}</td>'
            f"<td>{charts.gauge(check.distance, check.threshold)}</td>{state}"
            f'<td class="n">{check.power:.0%}</td></tr>'
        )
    words = (
        f"Power: of windows in which a number is shifted by {thresholds.SHIFT:g} standard"
        f" deviations of the baseline, or {thresholds.SHARE:.0%} of the objects have another label,"
        " or are answered wrong, the share in which the check would fire."
    )
    return f"<h2>Comparisons</h2>{_html(head, rows)}<p class='soft'>{words}</p>"


def _quality(checks: Sequence[Check]) -> str:
    rows = [
        f"<tr><th>{escape(check.feature)}</th><td>{check.kind}</td>"
        f'<td class="{"fired" if check.fired else "soft"}">{escape(check.description)}</td></tr>'
        for check in checks
    ]
    return f"<h2>Data quality</h2>{_html(('feature', 'check', 'result'), rows)}"


def _plots(baseline: Observations, window: Observations, drift: Sequence[Check]) -> str:
    drawn = "".join(_figures(baseline, window, drift))
    words = "Filled: the baseline. Line, or second bar: this window."
    return f"<h2>Distributions</h2><p class='soft'>{words}</p><div class='plots'>{drawn}</div>"


def _figures(baseline: Observations, window: Observations, drift: Sequence[Check]) -> Iterator[str]:
    for check in drift:
        base, now = (each.columns[check.feature].known for each in (baseline, window))
        if base.is_number and check.feature != RIGHT:
            drawn = charts.histogram(base.values, now.values, f"distribution of {check.feature}")
        else:
            drawn = charts.bars(_shares(base), _shares(now), f"shares of {check.feature}")
        css = "fired" if check.fired else ""
        name = escape(check.feature)
        yield f"<figure>{drawn}<figcaption class='{css}'>{name}</figcaption></figure>"


def _power(
    baseline: Observations, window: Observations, drift: Sequence[Check], settings: Settings
) -> str:
    drawn = []
    for check in drift:
        base = baseline.columns[check.feature]
        if base.is_number and check.feature != RIGHT:
            shares = power_curve(base, check.size, check.threshold, settings.seed)
            line = charts.curve(SHIFTS, shares, f"power of {check.feature}")
            name = escape(check.feature)
            drawn.append(f"<figure>{line}<figcaption>{name}</figcaption></figure>")
    words = (
        "The share of windows of this size in which a shift is seen, by its size in standard"
        " deviations of the baseline."
    )
    return f"<h2>Power</h2><p class='soft'>{words}</p><div class='plots'>{''.join(drawn)}</div>"


def _faults(window: Observations) -> str:
    if not window.unreadable:
        return ""
    rows = [
        f"<tr><th>{escape(name)}</th><td>{escape(reason)}</td></tr>"
        for name, reason in list(window.unreadable.items())[:MOST_FAULTS]
    ]
    title = f"<h2>{len(window.unreadable)} that could not be measured</h2>"
    return title + _html(("object", "reason"), rows)


def _html(head: Sequence[str], rows: Sequence[str]) -> str:
    names = "".join(f"<th>{name}</th>" for name in head)
    return f"<div class='wide'><table><tr>{names}</tr>{''.join(rows)}</table></div>"


def _shares(column: Column) -> dict[str, float]:
    counts = Counter(f"{v:g}" if isinstance(v, float) else str(v) for v in column.values)
    return {name: count / len(column.values) for name, count in counts.items()}
