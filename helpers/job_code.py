"""Packs the code of training and processing jobs, and their inputs and outputs; starts no job."""

import atexit
import shutil
import tempfile
import uuid
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.config import ROOT, Config
from helpers.paths import below
from helpers.s3 import list_objects, upload_folder
from helpers.session import client
from helpers.training_setups import TrainingSetup

if TYPE_CHECKING:
    from sagemaker.core.shapes import ProcessingInput, ProcessingOutput
    from sagemaker.core.training.configs import SourceCode
    from sagemaker.train import ModelTrainer

NOT_SHIPPED = shutil.ignore_patterns("local_aws", "__pycache__")
TRAINING = (
    "scripts_train/train.py",
    "scripts_train/requirements.txt",
    "scripts_inference/inference.py",
)
"""Script and requirements of a training job, and the serving code that it packs with the model."""
COURSE = "/opt/ml/processing/input/course"
"""Folder of the `helpers` package in a processing job: its PYTHONPATH."""


def ship(*files: str) -> Path:
    """Copy the `helpers` package and some files into a new folder, as jobs get them.

    Args:
        files: paths from the project's root, such as `scripts_train/train.py`.
    """
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    # The SDK reads the folder when it creates the job; later the folder is not needed.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(ROOT / "helpers", folder / "helpers", ignore=NOT_SHIPPED)
    for file in files:
        shutil.copy(below(ROOT, file), folder)
    return folder


def ship_alone(file: str) -> Path:
    """Copy one file of the project into a new folder.

    Args:
        file: its path from the project's root.
    """
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(below(ROOT, file), folder)
    return folder


def training_code(*files: str) -> "SourceCode":
    """Return the source code of training jobs, with the packages to install.

    ModelTrainer installs only the requirements that its SourceCode names. A tuning job's trials are
    started by the image's own toolkit, which always installs requirements.txt.

    Args:
        files: a script, its requirements and what else it needs; those of train.py by default.
    """
    from sagemaker.core.training.configs import SourceCode

    folder = ship(*(files or TRAINING))
    script, requirements = (Path(file).name for file in (files or TRAINING)[:2])
    return SourceCode(source_dir=str(folder), entry_script=script, requirements=requirements)


def stored(config: Config, code: "SourceCode") -> "SourceCode":
    """Upload a folder of source code once, and return it as all jobs that run it name it.

    Of a folder on this machine the SDK uploads every file anew for each job, one after the other.
    """
    return code.model_copy(update={"source_dir": put_once(config, Path(code.source_dir))})


def put_once(config: Config, folder: Path) -> str:
    """Return the prefix of a folder's content in the bucket; upload it unless it is there whole.

    Each content has a prefix of its own: a job gets all that is below one, so no file of an older
    package, renamed or deleted since, is among them.
    """
    uri, s3 = config.uri("code", digest(folder)), client(config, "s3")
    files = [path for path in folder.rglob("*") if path.is_file()]
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    if {entry.key: entry.size for entry in list_objects(s3, uri)} != sizes:
        upload_folder(s3, folder, uri)
    return f"{uri}/"


def staged(config: Config, trainer: "ModelTrainer") -> "ModelTrainer":
    """Have the SDK's tuner pack the training code into the course's own folder; return the trainer.

    The tuner makes the archive's key of the trainer's base name alone and leaves out the session's
    prefix (sagemaker 3, `train/tuner.py`); in a company's bucket the role reads only what is below
    it, and `12` deletes nothing else. It packs a folder of this machine, not a prefix.
    """
    trainer.source_code = training_code()
    trainer.base_job_name = config.key("staging", trainer.base_job_name)
    return trainer


def tracking_flags(config: Config) -> dict[str, str]:
    """Return the hyperparameters with which a training job is recorded in wandb; by default none.

    The job gets the name of the account's secret and reads the key itself, as its role: whoever may
    describe a job sees its hyperparameters and its environment.
    """
    secret = config.account.wandb_secret
    return {"wandb": "online", "wandb-secret": secret} if secret else {}


def launch_arguments(
    config: Config, setup: TrainingSetup, hyperparameters: dict[str, object]
) -> dict[str, object]:
    """Return those arguments of a ModelTrainer that start its script as `setup` says.

    torchrun is started by the SDK's driver, which travels with the source code. The SDK has no
    launcher for SMDDP: mpirun is started by the toolkit in AWS's image, which is told by
    hyperparameters, as by the SDK's version 2
    (https://github.com/aws/sagemaker-python-sdk/blob/v2.257.1/src/sagemaker/estimator.py).
    """
    from sagemaker.train.distributed import Torchrun

    if setup.launcher == "torchrun":
        launcher = Torchrun(process_count_per_node=setup.processes)
        code = {"source_code": stored(config, training_code()), "distributed": launcher}
        return {**code, "hyperparameters": hyperparameters}
    folder, uri = ship(*TRAINING), config.uri("code", f"training-{uuid.uuid4()}")
    # The toolkit installs them by this very name.
    shutil.copy(below(ROOT, setup.image.requirements), folder / Path(TRAINING[1]).name)
    with tempfile.TemporaryDirectory() as packed:
        shutil.make_archive(f"{packed}/code", "gztar", folder)
        upload_folder(client(config, "s3"), packed, uri)
    told = {
        # In words, as other hosts' processes may lack the variables that `auto` goes by.
        "backend": setup.backend,
        "instance-type": setup.instance_type,
        "sagemaker_program": Path(TRAINING[0]).name,
        "sagemaker_submit_directory": f"{uri}/code.tar.gz",
        "sagemaker_distributed_dataparallel_enabled": True,
        "sagemaker_instance_type": setup.instance_type,
    }
    return {"hyperparameters": {**hyperparameters, **told}}


def course_input(config: Config) -> "ProcessingInput":
    """Upload the `helpers` package and return it as an input of a processing job."""
    return job_input("course", put_once(config, ship()))


def digest(folder: Path) -> str:
    """Return a short checksum of a folder's names and contents."""
    total = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = sha256(path.read_bytes()).digest()
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + content)
    return total.hexdigest()[:16]


def job_input(name: str, uri: str) -> "ProcessingInput":
    """Return an S3 object or prefix as the input `name` of a processing job."""
    from sagemaker.core.shapes import ProcessingInput, ProcessingS3Input

    source = ProcessingS3Input(
        s3_uri=uri,
        local_path=f"/opt/ml/processing/input/{name}",
        s3_data_type="S3Prefix",
        s3_input_mode="File",
    )
    return ProcessingInput(input_name=name, s3_input=source)


def job_output(name: str, uri: str) -> "ProcessingOutput":
    """Return an S3 prefix as the destination of a processing job's output folder."""
    from sagemaker.core.shapes import ProcessingOutput, ProcessingS3Output

    target = ProcessingS3Output(
        s3_uri=uri, local_path="/opt/ml/processing/output", s3_upload_mode="EndOfJob"
    )
    return ProcessingOutput(output_name=name, s3_output=target)
