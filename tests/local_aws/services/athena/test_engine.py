import pytest
from botocore import xform_name

from local_aws.services.athena.engine import AthenaEngine
from local_aws.services.athena.service import OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS["athena"])
def test_an_operation_is_answered_by_the_method_of_its_name(operation):
    assert getattr(AthenaEngine, xform_name(operation)).__name__ == xform_name(operation)


def test_state_survives_a_restart_whatever_component_keeps_it(cloud):
    cloud.engine.create_work_group({"Name": "team"})
    cloud.run("PREPARE twice FROM SELECT ? * 2")
    dead = cloud.engine
    cloud.restart()
    assert cloud.engine.get_work_group({"WorkGroup": "team"})["WorkGroup"]["Name"] == "team"
    assert cloud.rows("EXECUTE twice USING 21") == [(42,)]
    dead.close()
