"""The questions about the bins' metadata in notebook 02: SQL and figures, no data."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from helpers import plots
from helpers.datasets.questions import Question, Questions
from helpers.escape import markdown

FLAT = r"""
SELECT regexp_extract("$path", '([^/]+)\.json$', 1) AS id,
       CAST(expected_quantity AS varchar) AS label, expected_quantity AS quantity,
       CAST(expected_quantity AS varchar)
         || CASE WHEN expected_quantity = 1 THEN ' item' ELSE ' items' END AS class_name,
       cardinality(bin_fcsku_data) AS kinds, map_values(bin_fcsku_data) AS items
FROM {raw}
"""

ITEMS = """
FROM bins CROSS JOIN UNNEST(items)
  AS t (asin, name, normalizedname, item_quantity, height, length, width, weight)"""

RELATED = f"""
WITH held AS (
  SELECT id, asin{ITEMS.replace(chr(10), chr(10) + "  ")}
  WHERE quantity <= 5
)
SELECT bins.label, count(DISTINCT other.id) AS related_samples
FROM bins
LEFT JOIN held AS mine ON mine.id = bins.id
LEFT JOIN held AS other ON other.asin = mine.asin AND other.id <> mine.id
WHERE bins.quantity <= 5
GROUP BY bins.id, bins.label
"""
"""Bins above 5 units are of no class: nothing leaks from them."""


def _sizes(frame: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True)
    for panel, side in zip(axes, ("height", "length", "width"), strict=True):
        shown = frame[[side, "weight"]].astype(float)
        panel.scatter(shown[side], shown["weight"], s=6, alpha=0.4, color=plots.COLORS[0])
        panel.set(xscale="log", yscale="log", xlabel=f"{side}, inches", title=side.capitalize())
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_locator(LogLocator(subs=(1, 2, 5) if axis is panel.yaxis else (1, 3)))
            axis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.set_minor_formatter(NullFormatter())
    axes[0].set_ylabel("weight, pounds")
    return figure


def _size_finding(frame: pd.DataFrame) -> str:
    longest = frame[["height", "length", "width"]].astype(float).max().max()
    return (
        f"{len(frame):,} items with a weight; the longest side is {longest:.0f} inches. A column "
        "of type DECIMAL(20,18) holds no number from 100 up, and would lose such an item."
    )


def _shared(frame: pd.DataFrame) -> Figure:
    return plots.counts_of(
        frame, title="In how many bins is an item?", xlabel="bins with the item", ylabel="items"
    )


def _shared_finding(frame: pd.DataFrame) -> str:
    shared = frame.loc[frame["bins"] > 1, "items"].sum() / frame["items"].sum()
    return (
        f"{shared:.0%} of the items lie in more than one bin. Bins that share an item have to stay "
        "in one split, or the test asks for things that the training has seen."
    )


def _missing(frame: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots(figsize=(plots.WIDE[0], 0.9 + 0.35 * len(frame)))
    bars = axes.barh(frame["field"], 100 * frame["missing"].astype(float), color=plots.COLORS[1])
    axes.bar_label(bars, fmt="%.1f %%", padding=3, fontsize=8)
    axes.set(title="What is missing", xlabel="percent of the items", ylabel="")
    axes.margins(x=0.12)
    axes.grid(axis="y", visible=False)
    return figure


def _missing_finding(frame: pd.DataFrame) -> str:
    worst = frame.loc[frame["missing"].astype(float).idxmax()]
    field, share = markdown(worst["field"].capitalize()), float(worst["missing"])
    return f"{field} is missing most often, of {share:.1%} of the items."


def _kinds(frame: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots(figsize=plots.WIDE)
    bars = axes.bar(frame["kinds"].astype(str), frame["bins"], color=plots.COLORS[0])
    axes.bar_label(bars, fmt=plots.COUNT, fontsize=8)
    axes.set(title="How many different items", xlabel="different items in the bin", ylabel="bins")
    return figure


def _kinds_finding(frame: pd.DataFrame) -> str:
    mixed = frame.loc[frame["kinds"] > 1, "bins"].sum() / frame["bins"].sum()
    return f"{mixed:.0%} of the bins hold more than one kind: to count is not to count copies."


def _units(frame: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots(figsize=plots.WIDE)
    bars = axes.bar(frame["units"].astype(str), frame["items"], color=plots.COLORS[0])
    axes.bar_label(bars, fmt=plots.COUNT, fontsize=8)
    axes.set(
        title="How many of each item", xlabel="units of one item in one bin",
        ylabel="items in bins",
    )  # fmt: skip
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return figure


def _unit_finding(frame: pd.DataFrame) -> str:
    single = frame.loc[frame["units"] == 1, "items"].sum() / frame["items"].sum()
    return (
        f"{single:.0%} lie in their bin once, the largest heap is {frame['units'].max()}: copies "
        "of one thing, side by side or on top of each other, have to be told apart."
    )


def _alike(frame: pd.DataFrame) -> Figure:
    counts = dict(zip(frame["in_common"], frame["bins"], strict=True))
    return plots.class_balance(counts, title="Filled alike?", unit="bins that agree with another")


def _alike_finding(frame: pd.DataFrame) -> str:
    bins = dict(zip(frame["in_common"], frame["bins"], strict=True))
    return (
        f"{bins['items and quantities']:,} bins hold exactly what another holds, as one bin does "
        "that was photographed again. They stay in one split; what repeats "
        "another's very bytes is dropped in `04`."
    )


def _pairs(frame: pd.DataFrame) -> Figure:
    table = frame.pivot(index="kinds", columns="quantity", values="bins").fillna(0).astype(int)
    figure, axes = plt.subplots(figsize=(2.5 + 0.5 * table.shape[1], 1.5 + 0.4 * len(table)))
    plots.count_grid(table, axes, annot=True, fmt=",d", cbar=False)
    axes.set(title="Kinds and units: bins", xlabel="units in the bin", ylabel="different items")
    axes.tick_params(axis="y", rotation=0)
    axes.invert_yaxis()
    return figure


def _pair_finding(frame: pd.DataFrame) -> str:
    above = frame.loc[frame["quantity"] > 5, "bins"].sum()
    return f"{above:,} bins hold more than 5 units: they are set aside, counted in the manifest."


QUESTIONS = Questions(
    FLAT,
    RELATED,
    "item",
    (
        Question(
            "variety",
            "How large, how heavy?",
            f"""
SELECT height.value AS height, length.value AS length, width.value AS width,
       weight.value AS weight{ITEMS}
WHERE weight.value > 0
""",
            _sizes,
            _size_finding,
        ),
        Question(
            "groups",
            "In how many bins is an item?",
            f"""
SELECT bins, count(*) AS items FROM (
  SELECT asin, count(*) AS bins{ITEMS}
  GROUP BY asin
) GROUP BY bins ORDER BY bins
""",
            _shared,
            _shared_finding,
        ),
        Question(
            "quality",
            "What is missing?",
            f"""
SELECT field, missing FROM (
  SELECT avg(CASE WHEN height.value IS NULL THEN 1e0 ELSE 0e0 END) AS height,
         avg(CASE WHEN weight.value IS NULL THEN 1e0 ELSE 0e0 END) AS weight,
         avg(CASE WHEN name IS NULL OR name = '' THEN 1e0 ELSE 0e0 END) AS name{ITEMS}
  HAVING count(*) > 0
) CROSS JOIN UNNEST(ARRAY['height', 'weight', 'name'], ARRAY[height, weight, name])
  AS t (field, missing)
""",
            _missing,
            _missing_finding,
        ),
        Question(
            "hours or kinds",
            "How many kinds?",
            """
SELECT kinds, count(*) AS bins FROM bins GROUP BY kinds ORDER BY kinds
""",
            _kinds,
            _kinds_finding,
        ),
        Question(
            "months or units",
            "How many of each?",
            f"""
SELECT item_quantity AS units, count(*) AS items{ITEMS}
GROUP BY item_quantity ORDER BY units
""",
            _units,
            _unit_finding,
        ),
        Question(
            "company",
            "Kinds and units?",
            """
SELECT kinds, quantity, count(*) AS bins FROM bins GROUP BY kinds, quantity ORDER BY 1, 2
""",
            _pairs,
            _pair_finding,
        ),
        Question(
            "copies",
            "Filled alike?",
            f"""
WITH held AS (
  SELECT id, array_join(array_agg(asin ORDER BY asin), ' ') AS kinds,
         array_join(array_agg(asin || ':' || CAST(item_quantity AS varchar) ORDER BY asin), ' ')
           AS filling{ITEMS.replace(chr(10), chr(10) + "  ")}
  GROUP BY id
)
SELECT 'items and quantities' AS in_common, coalesce(sum(n), 0) AS bins
FROM (SELECT count(*) AS n FROM held GROUP BY filling HAVING count(*) > 1)
UNION ALL
SELECT 'items', coalesce(sum(n), 0)
FROM (SELECT count(*) AS n FROM held GROUP BY kinds HAVING count(*) > 1)
ORDER BY in_common
""",
            _alike,
            _alike_finding,
        ),
    ),
)
