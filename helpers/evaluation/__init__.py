"""The evaluation of a model: scores with confidence intervals, reports, the model card."""
