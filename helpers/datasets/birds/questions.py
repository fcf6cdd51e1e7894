"""The questions about the recordings' metadata in notebook 02: SQL and figures, no data."""

import calendar

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers import maps, plots
from helpers.datasets.questions import Question, Questions

FLAT = """
SELECT id, primary_label AS label,
       coalesce(nullif(nullif(common_name, ''), primary_label) || ' (' || primary_label || ')',
                primary_label) AS class_name, author, rating, latitude, longitude, seconds,
       secondary_labels, type AS sound_type, recorded_on, recorded_at
FROM {raw}
"""


RELATED = """
SELECT label, CASE WHEN author = '' THEN 0
                   ELSE count(*) OVER (PARTITION BY lower(author)) - 1 END AS related_samples
FROM birds
"""
MONTHS = list(calendar.month_abbr)[1:]


def _places(frame: pd.DataFrame) -> Figure:
    return maps.places(frame, hue="label", title="Where the recordings were made")


def _place_finding(frame: pd.DataFrame) -> str:
    return (
        f"{len(frame):,} recordings have coordinates. Where species hardly overlap, a model could "
        "learn the place's background in place of the bird."
    )


def _recordists(frame: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots(figsize=(8, 0.9 + 0.3 * len(frame)))
    places = range(len(frame))
    axes.hlines(places, frame["recordists"], frame["recordings"], color=plots.INK, linewidth=1)
    for index, (name, marker) in enumerate((("recordists", "o"), ("recordings", "s"))):
        color = plots.COLORS[index]
        axes.plot(frame[name], places, marker, color=color, markersize=7, label=name)
    axes.set_yticks(places, frame["label"])
    axes.set(title="Recordings and recordists of each species", xlabel="count", ylabel="")
    axes.set_xlim(0, None)
    axes.legend(loc="lower right")
    return figure


def _recordist_finding(frame: pd.DataFrame) -> str:
    top = frame["largest_share"].max()
    return (
        f"One person made up to {top:.0%} of a species' recordings: the split has to be by "
        "recordist, or the test asks for voices and microphones that the training has heard."
    )


def _ratings(frame: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots(figsize=plots.WIDE)
    names = ["none" if pd.isna(rating) else f"{rating:g}" for rating in frame["rating"]]
    bars = axes.bar(names, frame["recordings"], color=plots.COLORS[0])
    axes.bar_label(bars, fmt=plots.COUNT, fontsize=8)
    axes.set(
        title="Rated quality", xlabel="rating: 0 is not rated, 5 the best", ylabel="recordings"
    )
    return figure


def _rating_finding(frame: pd.DataFrame) -> str:
    if not (frame["rating"] > 0).any():
        return "None is rated: what they sound like is for the ears, and for the job in `04`."
    good = frame.loc[frame["rating"] >= 3, "recordings"].sum() / frame["recordings"].sum()
    return f"{good:.0%} are rated 3 or better. The rest stays in: the model will meet such sound."


def _whole_numbers() -> dict:
    """Return a color bar's settings for counts; each bar needs its own locator."""
    return {"label": "recordings", "ticks": MaxNLocator(6, integer=True)}


def _hours(frame: pd.DataFrame) -> Figure:
    table = frame.pivot(index="label", columns="hour", values="recordings")
    table = table.reindex(columns=range(24)).fillna(0).astype(int)
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.3 * len(table)))
    plots.count_grid(table, axes, cbar_kws=_whole_numbers(), xticklabels=3)
    axes.set(title="When each species was recorded", xlabel="hour of the day", ylabel="")
    axes.tick_params(rotation=0)
    return figure


def _hour_finding(frame: pd.DataFrame) -> str:
    hours = frame.groupby("hour")["recordings"].sum().reindex(range(24)).fillna(0)
    hours /= hours.sum()
    night = hours.loc[[21, 22, 23, 0, 1, 2, 3]].sum()
    return (
        f"The fullest hour begins at {hours.idxmax()} o'clock, with {hours.max():.0%} of the "
        f"recordings; {night:.0%} begin between 21 and 4 o'clock. What sings at hours at which "
        "nobody recorded is hardly in the training."
    )


def _months(frame: pd.DataFrame) -> Figure:
    table = frame.pivot(index="label", columns="month", values="recordings")
    table = table.reindex(columns=range(1, 13)).fillna(0).astype(int).set_axis(MONTHS, axis=1)
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.3 * len(table)))
    plots.count_grid(table, axes, cbar_kws=_whole_numbers())
    axes.set(title="The season of each species", xlabel="month", ylabel="")
    axes.tick_params(axis="y", rotation=0)
    return figure


def _month_finding(frame: pd.DataFrame) -> str:
    months = frame.groupby("month")["recordings"].sum().reindex(range(1, 13)).fillna(0)
    spring = months.loc[4:6].sum() / months.sum()
    return (
        f"{spring:.0%} were made from April to June, {int(months.loc[[11, 12, 1, 2]].sum())} of "
        f"{int(months.sum())} from November to February. In the months that are rare here a model "
        "meets what it has hardly heard: that is when to watch its endpoint."
    )


def _copies(frame: pd.DataFrame) -> Figure:
    counts = dict(zip(frame["in_common"], frame["recordings"], strict=True))
    return plots.class_balance(
        counts, title="Uploaded twice?", unit="recordings that agree with another"
    )


def _copy_finding(frame: pd.DataFrame) -> str:
    recordings = dict(zip(frame["in_common"], frame["recordings"], strict=True))
    same, other = recordings["day, time, length"], recordings["day, time, length; two recordists"]
    return (
        f"{same:,} recordings agree with another of their species to the minute and the hundredth "
        f"of a second, {other:,} of them under another name, where a split by recordist alone "
        "would not keep them together. Metadata can only suspect: the job in `04` listens."
    )


def _pairs(frame: pd.DataFrame) -> Figure:
    labels = sorted(set(frame["label"]) | set(frame["other"]))
    table = frame.pivot(index="label", columns="other", values="recordings")
    table = table.reindex(index=labels, columns=labels).fillna(0).astype(int)
    figure, axes = plt.subplots(figsize=(4.0 + 0.6 * len(labels), 2.4 + 0.4 * len(labels)))
    plots.count_grid(table, axes, annot=True, fmt=",d", cbar=False)
    axes.tick_params(axis="x", rotation=30)
    plt.setp(axes.get_xticklabels(), ha="right")
    axes.set(title="Heard in the background, in recordings", xlabel="secondary", ylabel="primary")
    return figure


def _pair_finding(frame: pd.DataFrame) -> str:
    return (
        f"{frame['recordings'].sum():,} mentions of a second species. For these recordings, more "
        "than one answer is right."
    )


QUESTIONS = Questions(
    FLAT,
    RELATED,
    "recordist",
    (
        Question(
            "variety",
            "Where?",
            """
SELECT label, latitude, longitude FROM birds
WHERE latitude IS NOT NULL AND longitude IS NOT NULL
ORDER BY label, id
""",
            _places,
            _place_finding,
        ),
        Question(
            "groups",
            "By how many people?",
            """
SELECT label, sum(made) AS recordings, count(*) AS recordists,
       max(made) * 1e0 / sum(made) AS largest_share
FROM (SELECT label, count(*) AS made FROM birds WHERE author <> '' GROUP BY label, lower(author))
GROUP BY label ORDER BY recordings, label
""",
            _recordists,
            _recordist_finding,
        ),
        Question(
            "quality",
            "How good?",
            """
SELECT rating, count(*) AS recordings FROM birds GROUP BY rating ORDER BY rating
""",
            _ratings,
            _rating_finding,
        ),
        Question(
            "hours or kinds",
            "At what hour?",
            """
SELECT label, CAST(substr(recorded_at, 1, 2) AS integer) AS hour, count(*) AS recordings
FROM birds WHERE recorded_at IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
""",
            _hours,
            _hour_finding,
        ),
        Question(
            "months or units",
            "In which season?",
            """
SELECT label, month(CAST(recorded_on AS date)) AS month, count(*) AS recordings
FROM birds WHERE recorded_on IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
""",
            _months,
            _month_finding,
        ),
        Question(
            "company",
            "With which others?",
            """
SELECT label, other, count(*) AS recordings
FROM birds CROSS JOIN UNNEST(secondary_labels) AS t (other)
GROUP BY label, other ORDER BY label, other
""",
            _pairs,
            _pair_finding,
        ),
        Question(
            "copies",
            "Uploaded twice?",
            """
WITH moments AS (
  SELECT count(*) AS n, count(DISTINCT lower(author)) AS authors FROM birds
  WHERE recorded_on IS NOT NULL AND seconds IS NOT NULL
  GROUP BY label, recorded_on, recorded_at, seconds HAVING count(*) > 1
), places AS (
  SELECT count(*) AS n FROM birds WHERE latitude IS NOT NULL AND author <> ''
  GROUP BY label, lower(author), latitude, longitude HAVING count(*) > 1
)
SELECT 'day, time, length' AS in_common, coalesce(sum(n), 0) AS recordings FROM moments
UNION ALL
SELECT 'day, time, length; two recordists', coalesce(sum(n), 0) FROM moments WHERE authors > 1
UNION ALL
SELECT 'recordist and place', coalesce(sum(n), 0) FROM places
ORDER BY in_common
""",
            _copies,
            _copy_finding,
        ),
    ),
)
