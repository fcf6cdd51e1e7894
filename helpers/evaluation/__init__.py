"""How good a model is: scores, their intervals, reports, and the card that a reader gets."""
