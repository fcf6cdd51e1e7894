"""Texts of model cards."""

import json

NUMBER = {"name": "accuracy", "type": "number", "value": 0.9}


def text(**sections):
    return json.dumps(sections)


def evaluation(**more):
    return [{"name": "test", "metric_groups": [{"name": "all", "metric_data": [NUMBER]}], **more}]
