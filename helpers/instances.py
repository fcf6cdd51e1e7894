"""The instance types that the course mentions: size, price and use; calls no service.

Sizes come from the EC2 types of the same names (https://aws.amazon.com/ec2/instance-types/).
Prices are SageMaker's on-demand dollars an hour in us-east-1
(https://aws.amazon.com/sagemaker/ai/pricing/), from secondary sources; None: unknown. Those of
p4d, p4de and p5 stand in other projects' copies of AWS's list, and are 1.15 times EC2's
(https://github.com/datareceipts/data-receipts/blob/main/109-gpu-pricing/hyperscalers.json).
"""

from dataclasses import dataclass

PRICED = "2026-11"


@dataclass(frozen=True)
class InstanceType:
    """The size and the price of one instance type."""

    vcpu: int
    memory_gib: float
    price: float | None
    """Dollars an hour, on demand."""
    gpus: int = 0
    gpu: str = ""


INSTANCES = {
    "ml.t3.medium": InstanceType(2, 4, 0.05),
    "ml.t3.large": InstanceType(2, 8, 0.10),
    "ml.t3.xlarge": InstanceType(4, 16, 0.20),
    "ml.m5.large": InstanceType(2, 8, 0.115),
    "ml.m5.xlarge": InstanceType(4, 16, 0.23),
    "ml.m5.2xlarge": InstanceType(8, 32, 0.461),
    "ml.m5.4xlarge": InstanceType(16, 64, 0.922),
    "ml.m5.12xlarge": InstanceType(48, 192, 2.765),
    "ml.m5.24xlarge": InstanceType(96, 384, 5.53),
    "ml.c5.xlarge": InstanceType(4, 8, 0.204),
    "ml.c5.2xlarge": InstanceType(8, 16, 0.408),
    "ml.c5.4xlarge": InstanceType(16, 32, 0.816),
    "ml.c5.9xlarge": InstanceType(36, 72, 1.836),
    "ml.c5.18xlarge": InstanceType(72, 144, 3.672),
    "ml.g4dn.xlarge": InstanceType(4, 16, 0.736, 1, "NVIDIA T4"),
    "ml.g4dn.2xlarge": InstanceType(8, 32, 0.94, 1, "NVIDIA T4"),
    "ml.g4dn.12xlarge": InstanceType(48, 192, 4.89, 4, "NVIDIA T4"),
    "ml.g5.xlarge": InstanceType(4, 16, 1.408, 1, "NVIDIA A10G"),
    "ml.g5.2xlarge": InstanceType(8, 32, 1.515, 1, "NVIDIA A10G"),
    "ml.g5.12xlarge": InstanceType(48, 192, 7.09, 4, "NVIDIA A10G"),
    "ml.g5.48xlarge": InstanceType(192, 768, 20.36, 8, "NVIDIA A10G"),
    "ml.g6.xlarge": InstanceType(4, 16, None, 1, "NVIDIA L4"),
    "ml.p3.2xlarge": InstanceType(8, 61, 3.825, 1, "NVIDIA V100"),
    "ml.p3dn.24xlarge": InstanceType(96, 768, None, 8, "NVIDIA V100"),
    "ml.p4d.24xlarge": InstanceType(96, 1152, 25.251, 8, "NVIDIA A100 40 GB"),
    "ml.p4de.24xlarge": InstanceType(96, 1152, 31.564, 8, "NVIDIA A100 80 GB"),
    "ml.p5.48xlarge": InstanceType(192, 2048, 63.296, 8, "NVIDIA H100"),
}

SMDDP_INSTANCES = ("ml.p3dn.24xlarge", "ml.p4d.24xlarge", "ml.p4de.24xlarge")
"""Types on which AWS supports its library SMDDP (SageMaker developer guide, 2026-11)."""
CUDA_13 = {
    "p2": "CUDA 13 has no code for its NVIDIA K80",
    "p3": "CUDA 13 has no code for its NVIDIA V100",
    "p3dn": "CUDA 13 has no code for its NVIDIA V100",
    "p6e-gb200": "its CPU is an Arm one, and the image is for x86",
}
"""SageMaker's training instance families on which AWS's CUDA 13 images don't run, and why.

CUDA 13 dropped all GPUs before Turing: https://docs.nvidia.com/cuda/archive/13.0.0/cuda-toolkit-release-notes/
"""


def unfit(instance_type: str) -> str | None:
    """Say why AWS's training images with CUDA 13 can't run on a type; None where they can."""
    family = instance_type.removeprefix("ml.").partition(".")[0]
    if reason := CUDA_13.get(family):
        return f"{reason}; ml.g4dn and newer can"
    if family.startswith(("trn", "inf")):
        return "it has no NVIDIA GPU but AWS's own accelerators, which need other images"
    return None


LOCAL_STORAGE = ("g5", "g6", "g7e", "gr6", "p5", "p6", "trn1", "trn2")
"""How families of SageMaker's instances begin that have NVMe disks of their own, beside those with
a `d` in their name (g4dn, p4d, m5d): the rule of the SageMaker SDK 2.27 (`instance_supports_kms`),
and https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
"""


def has_local_storage(instance_type: str) -> bool:
    """Say whether a type has disks of its own, for which no key can be given."""
    family = instance_type.removeprefix("ml.").partition(".")[0]
    return "d" in family or family.startswith(LOCAL_STORAGE)
