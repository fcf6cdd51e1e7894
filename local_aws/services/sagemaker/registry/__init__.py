"""The model registry: package groups, versions of models with approvals, model cards."""
