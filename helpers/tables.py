"""Shows a table with whole texts and all rows, where pandas cuts at 50 characters; changes none."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, repr=False)
class WholeTable:
    """A frame that shows whole."""

    frame: pd.DataFrame

    def __repr__(self) -> str:
        return "(none)" if self.frame.empty else self.frame.to_string(index=False)

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return "<p>(none)</p>"
        with pd.option_context("display.max_colwidth", None, "display.html.use_mathjax", False):
            return self.frame.to_html(index=False, border=0)


def whole(frame: pd.DataFrame) -> WholeTable:
    """Return a frame as a table that shows whole, without the index."""
    return WholeTable(frame)
