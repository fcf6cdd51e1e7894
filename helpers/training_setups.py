"""What a training job runs by its instances: image, launcher, processes and backend, and why.

One table for all who ask: notebook 05 shows it, `container_images` looks up the image's address,
and the ranks choose their backend by the same function, from what they find. It calls no service.

What SMDDP, AWS's library for data-parallel training, needs is said in the developer guide:
https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-data-parallel-support.html has the types
and the images, https://docs.aws.amazon.com/sagemaker/latest/dg/data-parallel-framework-estimator.html
the launchers. Its notes on one instance are of its versions 1.1:
https://github.com/aws/sagemaker-python-sdk/blob/155d11d/doc/api/training/smd_data_parallel_release_notes/smd_data_parallel_change_log.rst
"""

from dataclasses import dataclass

from helpers.instances import INSTANCES, SMDDP_INSTANCES, unfit

SUPPORTED = f"SMDDP runs on {', '.join(SMDDP_INSTANCES)} only"


class BackendRefused(ValueError):
    """The wanted backend can't run here; the message says why, and names one that can."""


@dataclass(frozen=True)
class Image:
    """One of AWS's training images, as the SageMaker SDK's tables name it."""

    framework: str
    version: str
    py_version: str | None
    python: str
    cuda: str
    smddp: str | None
    """The version of SMDDP in it."""
    requirements: str = "scripts_train/requirements.txt"
    """The file of the packages that a job there installs."""


NEWEST = Image("pytorch-amzn2023", "2.13", None, python="3.12", cuda="13.3", smddp=None)
"""AWS's newer images, for training only, with the course's versions of torch and torchaudio.

docs/images.md lists their packages; they have no server.
"""
WITH_SMDDP = Image(
    "pytorch", "2.3.0", "py311", python="3.11", cuda="12.1", smddp="2.3.0",
    requirements="scripts_train/requirements_smddp.txt",
)  # fmt: skip
"""The last of AWS's ordinary training images that has SMDDP.

Its torch is built for NumPy 1, so its jobs have requirements of their own.
"""
OLDER = "SMDDP's older image runs if asked for (smddp=True), but AWS develops SMDDP no further here"
GPU_FAMILIES = ("ml.g", "ml.p")
"""How types with NVIDIA GPUs begin, as for the SageMaker SDK (`image_uris._processor`)."""


@dataclass(frozen=True)
class TrainingSetup:
    """The image, the launcher, the processes and the backend of a training job."""

    instance_type: str
    instances: int
    image: Image
    processes: int | None
    """On each instance; None for a type that `INSTANCES` lacks: the launcher counts its GPUs."""
    backend: str
    reason: str

    @property
    def launcher(self) -> str:
        """What starts the processes; under torchrun, SMDDP leaves the all-reduce to NCCL."""
        return "mpirun" if self.backend == "smddp" else "torchrun"


def training_setup(
    instance_type: str, instances: int = 1, *, smddp: bool | None = None
) -> TrainingSetup:
    """Return what a training job on some instances of a type runs.

    Two and more ml.p4d or ml.p4de get SMDDP, which speeds up the exchange between instances. One
    alone gets NCCL and the newer image: AWS's notes advise against SMDDP there.

    Args:
        smddp: use SMDDP, or do not; None leaves the choice to this table.

    Raises:
        ValueError: the image, or SMDDP, can't run there; the message says why.
    """
    supported = instance_type in SMDDP_INSTANCES
    if smddp and not supported:
        raise ValueError(f"{SUPPORTED}: {instance_type}")
    obstacle = unfit(instance_type)
    if smddp is None:
        smddp = supported and not obstacle and instances > 1
    image = WITH_SMDDP if smddp else NEWEST
    if obstacle and not smddp:
        older = f"; {OLDER}" if supported else ""
        raise ValueError(
            f"{instance_type} can't run PyTorch {image.version}'s image: {obstacle}{older}"
        )
    kind = INSTANCES.get(instance_type)
    gpus = kind.gpus if kind else int(instance_type.startswith(GPU_FAMILIES))
    backend, _ = choose_backend("auto", instance_type=instance_type, smddp=smddp, gpus=gpus)
    processes = max(1, gpus) if kind else None
    reason = _reason(backend, supported, instances)
    return TrainingSetup(instance_type, instances, image, processes, backend, reason)


def _reason(backend: str, supported: bool, instances: int) -> str:
    if backend == "gloo":
        return "it has no GPU: one process, which uses all cores"
    if backend == "smddp":
        return "SMDDP speeds up the exchange between instances; no later image has it"
    if not supported:
        return "a process for each GPU; SMDDP does not support this type"
    if instances > 1:
        return "SMDDP was declined"
    return "SMDDP is for several instances: one has the newer image"


def setups(instance_type: str, instances: int) -> list[dict[str, str]]:
    """Return the table as rows: all types with GPUs, one without, and the chosen one, marked.

    A type has two rows where two instances run something else than one.
    """
    names = {name: None for name, kind in INSTANCES.items() if kind.gpus or name == "ml.m5.xlarge"}
    rows = []
    for name in names | {instance_type: None}:
        one, two = _facts(name, 1), _facts(name, 2)
        each = {"any": one} if one == two else {"1": one, "2 and more": two}
        for count, facts in each.items():
            fits = count == "any" or (count == "1") == (instances == 1)
            mark = "→" if name == instance_type and fits else ""
            rows.append({"": mark, "instance type": name, "instances": count} | facts)
    return rows


def _facts(instance_type: str, instances: int) -> dict[str, str]:
    """Return what a row of the table says of some instances."""
    kind = INSTANCES.get(instance_type)
    gpus = f"{kind.gpus} × {kind.gpu}" if kind and kind.gpus else "none" if kind else "unknown"
    price = f"{kind.price:.2f}" if kind and kind.price is not None else "unknown"
    about = {"GPUs": gpus, "$ an hour": price}
    try:
        setup = training_setup(instance_type, instances)
    except ValueError as error:
        none = dict.fromkeys(("image", "Python", "processes", "launcher", "backend"), "none")
        return about | none | {"why": str(error).partition(": ")[2]}
    cuda = "CPU" if setup.backend == "gloo" else f"CUDA {setup.image.cuda}"
    return about | {
        "image": f"PyTorch {setup.image.version}, {cuda}", "Python": setup.image.python,
        "processes": str(setup.processes or "one a GPU"), "launcher": setup.launcher,
        "backend": setup.backend, "why": setup.reason,
    }  # fmt: skip


def choose_backend(wanted: str, *, instance_type: str, smddp: bool, gpus: int) -> tuple[str, str]:
    """Return the backend of a rank, and the reason for the log.

    Args:
        wanted: auto, smddp, nccl or gloo.
        instance_type: such as ml.p4d.24xlarge; empty if unknown.
        smddp: whether the library is installed.
        gpus: number of CUDA devices on this instance.

    Raises:
        BackendRefused: `wanted` can't run here.
    """
    if wanted == "smddp":
        if instance_type not in SMDDP_INSTANCES:
            here = instance_type or "no SageMaker instance"
            raise BackendRefused(f"{SUPPORTED}; this is {here}. Use --backend auto, nccl or gloo.")
        if not smddp:
            raise BackendRefused(
                "The smdistributed package is not in this image; the last PyTorch training image "
                f"with it is {WITH_SMDDP.version}: training_setup(…, smddp=True). "
                "Or use --backend nccl."
            )
    if wanted in ("smddp", "nccl") and not gpus:
        raise BackendRefused(f"{wanted} needs a CUDA device, and there is none: --backend gloo")
    if wanted not in ("auto", "smddp", "nccl", "gloo"):
        raise BackendRefused(f"No backend {wanted!r}; there are auto, smddp, nccl and gloo")
    if wanted != "auto":
        return wanted, "as asked"
    if not gpus:
        return "gloo", "no CUDA device here"
    if smddp and instance_type in SMDDP_INSTANCES:
        return "smddp", f"installed, and {instance_type} supports it"
    missing = SUPPORTED if smddp else "the smdistributed package is not installed"
    return "nccl", f"CUDA devices here; not smddp: {missing}"
