"""What AWS lists in pages is read to the last page."""

import ast

import botocore.session
from botocore import xform_name

from local_aws.operations import table
from tests.helpers.test_job_code import sources

FIRST_PAGE = {
    "describe_log_streams": "whether there is any",
    "describe_repositories": "one, by its name",
    "get_usage": "a day of one plan, which has one key",
    "list_objects_v2": "whether one key is there",
    "list_role_tags": "a role has at most 50 tags, fewer than a page",
    "list_tags": "a resource has at most 50 tags, as many as a page",
    "list_tags_for_resource": "Athena's alone has pages, and is not used",
}
"""Operations of which the first page is enough, each with why."""
ALONE = ("local_aws/", "tools/", "benchmarks/")
"""What runs on the local AWS alone, whose lists are known."""
METHODS = {"search"}
"""Names of methods of other objects, too."""


def paged_operations() -> set[str]:
    """Return the operations with pages of the services used here, as boto3 names them."""
    loader = botocore.session.get_session().get_component("data_loader")
    models = [
        loader.load_service_model(service, "paginators-1")
        for service in {service for service, _ in table()} | {"ecr", "iam"}
    ]
    return {xform_name(name) for model in models for name in model["pagination"]} - METHODS


def first_pages(text: str, names: set[str]) -> list[str]:
    """Return the operations of which a piece of code reads one page."""
    return [
        node.func.attr
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
    ]


def test_every_list_is_read_to_its_last_page_or_has_a_reason_why_not():
    names = paged_operations()
    calls = {
        name: path
        for path, text in sources().items()
        if not path.startswith(ALONE)
        for name in first_pages(text, names)
    }
    assert {name: path for name, path in calls.items() if name not in FIRST_PAGE} == {}
    assert FIRST_PAGE.keys() <= calls.keys()


def test_a_call_of_one_page_is_seen_and_a_paginator_is_not():
    names = paged_operations()
    assert first_pages("glue.get_job_runs(JobName='a')['JobRuns']", names) == ["get_job_runs"]
    assert first_pages("glue.get_paginator('get_job_runs').paginate(JobName='a')", names) == []
