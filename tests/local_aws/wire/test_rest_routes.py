"""A REST request's operation is found by its method and path, with the values in its path."""

import pytest

from local_aws.wire.rest_routes import match


@pytest.mark.parametrize(
    "method, path, operation, labels",
    [
        ("GET", "/schedules/daily", "GetSchedule", {"Name": "daily"}),
        ("DELETE", "/schedules/daily", "DeleteSchedule", {"Name": "daily"}),
        ("GET", "/schedules", "ListSchedules", {}),
        ("PATCH", "/schedules/daily", "", {}),
        ("GET", "/nowhere", "", {}),
    ],
)
def test_an_operation_is_found_by_method_and_path(method, path, operation, labels):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "RAW_URI": path, "QUERY_STRING": ""}
    assert match("scheduler", environ) == (operation, labels)
