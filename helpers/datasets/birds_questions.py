"""What the recordings' metadata is asked in notebook 02; SQL and figures, no data."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from helpers import plots
from helpers.questions import Question, Questions

FLAT = """
SELECT id, primary_label AS label, common_name, author, rating, latitude, longitude, seconds,
       secondary_labels, type AS sound_type, recorded_on, recorded_at
FROM {raw}
"""


def _places(frame: pd.DataFrame) -> Figure:
    return plots.places(frame, hue="label", title="Where the recordings were made")


def _place_finding(frame: pd.DataFrame) -> str:
    return (
        f"{len(frame):,} recordings have coordinates. Where species hardly overlap, a model could "
        "learn the place's background in place of the bird."
    )


def _recordists(frame: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots(figsize=(8, 0.8 + 0.3 * len(frame)))
    axes.barh(frame["label"], frame["recordists"], color=plots.COLOURS[0], label="recordists")
    axes.barh(
        frame["label"], frame["recordings"], color="none", edgecolor=plots.COLOURS[1],
        label="recordings",
    )  # fmt: skip
    axes.set(title="Recordings and recordists of each species", xlabel="count", ylabel="")
    axes.grid(axis="y", visible=False)
    axes.legend()
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
    bars = axes.bar(names, frame["recordings"], color=plots.COLOURS[0])
    axes.bar_label(bars, fontsize=8)
    axes.set(title="Quality", xlabel="rating, 0 is not rated and 5 the best", ylabel="recordings")
    return figure


def _rating_finding(frame: pd.DataFrame) -> str:
    good = frame.loc[frame["rating"] >= 3, "recordings"].sum() / frame["recordings"].sum()
    return f"{good:.0%} are rated 3 or better. The rest stays in: the model will meet such sound."


def _hours(frame: pd.DataFrame) -> Figure:
    table = frame.pivot(index="label", columns="hour", values="recordings")
    table = table.reindex(columns=range(24)).fillna(0).astype(int)
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.3 * len(table)))
    sns.heatmap(table, cmap="Blues", ax=axes, cbar_kws={"label": "recordings"}, linewidths=0.3)
    axes.set(title="When each species was recorded", xlabel="hour of the day", ylabel="")
    return figure


def _hour_finding(frame: pd.DataFrame) -> str:
    hour = frame.groupby("hour")["recordings"].sum().idxmax()
    return f"Most recordings begin at {hour} o'clock; a night singer stands out in its row."


def _pairs(frame: pd.DataFrame) -> Figure:
    labels = sorted(set(frame["label"]) | set(frame["other"]))
    table = frame.pivot(index="label", columns="other", values="recordings")
    table = table.reindex(index=labels, columns=labels).fillna(0).astype(int)
    figure, axes = plt.subplots(figsize=(2.5 + 0.5 * len(labels), 1.5 + 0.4 * len(labels)))
    sns.heatmap(
        table, cmap="Blues", annot=True, fmt="d", ax=axes, cbar=False, mask=np.asarray(table == 0)
    )
    axes.set(title="Heard in the background", xlabel="secondary label", ylabel="primary label")
    return figure


def _pair_finding(frame: pd.DataFrame) -> str:
    return (
        f"{frame['recordings'].sum():,} mentions of a second species. For these recordings, more "
        "than one answer is right."
    )


QUESTIONS = Questions(
    FLAT,
    (
        Question(
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
            "By how many people?",
            """
SELECT label, sum(made) AS recordings, count(*) AS recordists,
       max(made) * 1e0 / sum(made) AS largest_share
FROM (SELECT label, author, count(*) AS made FROM birds GROUP BY label, author)
GROUP BY label ORDER BY recordings
""",
            _recordists,
            _recordist_finding,
        ),
        Question(
            "How good?",
            """
SELECT rating, count(*) AS recordings FROM birds GROUP BY rating ORDER BY rating
""",
            _ratings,
            _rating_finding,
        ),
        Question(
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
            "With which others?",
            """
SELECT label, other, count(*) AS recordings
FROM birds CROSS JOIN UNNEST(secondary_labels) AS t (other)
GROUP BY label, other ORDER BY label, other
""",
            _pairs,
            _pair_finding,
        ),
    ),
)
