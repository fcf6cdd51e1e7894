"""The table of instance types."""

from helpers.instances import INSTANCES
from local_aws.wire.validation import service_model


def test_every_type_of_the_table_is_one_of_sagemakers():
    known = service_model("sagemaker").shape_for("TrainingInstanceType").enum
    assert set(INSTANCES) <= set(known)


def test_a_type_has_accelerators_with_a_name_or_neither():
    assert all(bool(kind.gpus) == bool(kind.gpu) for kind in INSTANCES.values())
