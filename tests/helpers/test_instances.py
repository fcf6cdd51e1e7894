"""The table of instance types."""

from helpers.instances import INSTANCES, has_local_storage
from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.volume_keys import check_volume_key
from local_aws.wire.validation import service_model

NEWER = ("ml.gr6", "ml.p6-b300", "ml.p6e")
"""Families with disks of their own on EC2's page that the SDK's rule does not know."""


def test_every_type_of_the_table_is_one_of_sagemakers():
    known = service_model("sagemaker").shape_for("TrainingInstanceType").enum
    assert set(INSTANCES) <= set(known)


def test_a_type_has_accelerators_with_a_name_or_neither():
    assert all(bool(kind.gpus) == bool(kind.gpu) for kind in INSTANCES.values())


def test_local_storage_is_what_the_sdk_and_the_local_aws_take_for_it():
    from sagemaker.core.common_utils import instance_supports_kms

    for kind in service_model("sagemaker").shape_for("TrainingInstanceType").enum:
        if not kind.startswith(NEWER):
            assert has_local_storage(kind) is not instance_supports_kms(kind), kind
        try:
            check_volume_key({"InstanceType": kind, "VolumeKmsKeyId": "key"})
            assert not has_local_storage(kind)
        except AwsError:
            assert has_local_storage(kind)
