"""The programs behind make's targets; no notebook and no job imports them."""
