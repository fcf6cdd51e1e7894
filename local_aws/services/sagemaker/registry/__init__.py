"""The model registry of the local AWS: groups, versions of models with their approval, cards."""
