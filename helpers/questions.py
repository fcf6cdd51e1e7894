"""Asks a data set's questions about its metadata in Athena; knows the SQL of none."""

from collections import Counter
from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.athena import query
from helpers.config import Config
from helpers.datasets.questions import Question, Questions
from helpers.plots import LABEL, NO_NAMES, SENTENCE, dots, shown

LEAK = """
WITH related AS ({related}),
counts AS (
  SELECT label, count(*) AS samples,
         avg(CASE WHEN related_samples > 0 THEN 1e0 ELSE 0e0 END) AS related,
         avg(1 - power(3e-1, related_samples)) AS leaked
  FROM related GROUP BY label
)
SELECT label, samples, round(samples * 1e0 / sum(samples) OVER (), 3) AS share,
       round(related, 3) AS related, round(leaked, 3) AS leaked,
       round(sum(samples) OVER () * 1e0 / (count(*) OVER () * samples), 3) AS weight
FROM counts ORDER BY samples DESC, label
"""
"""For each class: its samples, the share with related samples, the share of a random test set with
related samples in training (each is there with a chance of 70 %), and its class weight."""


def leak(questions: Questions) -> str:
    """Return the SQL of the class weights and of the leak of a random split by samples."""
    return LEAK.format(related=questions.related.strip())


def draw_leak(frame: pd.DataFrame, relation: str, names: Mapping[str, str] = NO_NAMES) -> Figure:
    """Draw for each class the share of a random test set that has related samples in training.

    Args:
        frame: columns `label` and `leaked`, a share.
    """
    shares = pd.DataFrame({"value": 100 * frame["leaked"].to_numpy()}, index=frame["label"])
    return dots(
        shares, title="What a random split would leak", names=names, digits=0,
        xlabel=f"percent of the test samples whose {relation} is in training",
    )  # fmt: skip


def ask(config: Config, question: Question, names: Mapping[str, str] = NO_NAMES) -> None:
    """Run a question in Athena; show its query, its figure, its finding and its cost.

    Args:
        names: labels in words, for the figure.

    Raises:
        QueryError: the flat table is missing; the message names the notebook that makes it.
    """
    from IPython.display import Markdown, display

    result = query(config, question.sql)
    display(Markdown(f"### {question.title}\n\n```sql\n{question.sql.strip()}\n```"))
    if result.frame.empty:
        # The user's own recordings may come without coordinates, hours or second species.
        display(Markdown("No row answers this: the metadata has nothing on it."))
    else:
        question.draw(_drawable(result.frame, names))
        plt.show()
        display(Markdown(f"{question.finding(result.frame)} `{result!r}`"))


def _drawable(frame: pd.DataFrame, words: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Return the rows with texts that a figure can show; different texts stay different."""
    # Beside labels, the other texts are labels too, such as secondary labels.
    longest = LABEL if "label" in frame else SENTENCE
    texts = [name for name in frame if pd.api.types.is_string_dtype(frame[name])]
    names, counts = {}, Counter()
    for text in sorted({text for name in texts for text in frame[name].dropna()}):
        name = shown(words.get(text, text), longest)
        counts[name] += 1
        names[text] = name if counts[name] == 1 else f"{name} ({counts[name]})"
    # Athena's CSV turns an empty text, such as a missing label, into null.
    return frame.assign(**{name: frame[name].map(names).fillna("none") for name in texts})
