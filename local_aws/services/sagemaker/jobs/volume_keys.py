"""Refuses a key for volumes where instances have disks of their own; knows families of instances.

AWS encrypts those disks by a module of the instance's hardware. The words are those of
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html; which families
they are: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
"""

from local_aws.errors import AwsError

LOCAL_STORAGE = ("g5", "g6", "g7e", "gr6", "p5", "p6", "trn1", "trn2")
"""How families begin that have such disks, beside those with a `d` in their name."""


def check_volume_key(resources: dict) -> None:
    """Check a ResourceConfig or ClusterConfig.

    Raises:
        AwsError: ValidationException, it has a key that its instances can't have.
    """
    instance_type = resources.get("InstanceType", "")
    family = instance_type.removeprefix("ml.").partition(".")[0]
    if resources.get("VolumeKmsKeyId") and ("d" in family or family.startswith(LOCAL_STORAGE)):
        raise AwsError(
            "ValidationException",
            "You can't request a VolumeKmsKeyId when using an instance type with local storage: "
            f"{instance_type}",
        )
