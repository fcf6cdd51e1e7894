"""Script mode of framework images: from hyperparameters to a command; runs nothing.

A job without ContainerEntrypoint, such as a trial of a tuning job, names its script and its code
archive in hyperparameters. If the job has the SDK's drivers in channel `sm_drivers`, they run the
script in all processes, as in ModelTrainer's jobs; otherwise it runs as by the sagemaker-training
toolkit.
Contract: https://github.com/aws/sagemaker-training-toolkit
Left out: built-in algorithms, R, MPI and parameter servers, code that is not a tar.
"""

import json
import os
import shlex

from local_aws.errors import AwsError
from local_aws.instances.container import ML, Container
from local_aws.state import paths
from local_aws.state.objects.store import ObjectStore

PROGRAM, SUBMIT = "sagemaker_program", "sagemaker_submit_directory"
OWN = ("sagemaker_", "_tuning_objective_metric")
"""Prefix of the hyperparameters for the image, which the script does not get."""
LAUNCHER = "_enabled"
"""Suffix of the image's hyperparameters that choose a launcher of several processes."""
DRIVERS, CODE = "sm_drivers", "code"
INSTALLER = "input/data/sm_drivers/scripts/install_requirements.py"
# ModelTrainer ships one, the SDK's tuner does not; every image has pip.
INSTALL = """\
import subprocess, sys
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "-r", sys.argv[1]]))
"""


def is_script_mode(job: dict) -> bool:
    """Say whether a training job has no command, and leaves it to its image."""
    return not job["AlgorithmSpecification"].get("ContainerEntrypoint")


def check(request: dict) -> None:
    """Refuse a job with neither a command nor a script, or with a launcher of its image.

    Raises:
        AwsError: it names the missing field, or what is not done.
    """
    if not is_script_mode(request):
        return
    parameters = _unquoted(request.get("HyperParameters", {}))
    if PROGRAM not in parameters or not (SUBMIT in parameters or CODE in _channels(request)):
        message = (
            "The local AWS runs no image: give AlgorithmSpecification.ContainerEntrypoint, or"
            f" script mode's hyperparameters {PROGRAM} and {SUBMIT}."
        )
        raise AwsError("ValidationException", message)
    if wrong := paths.fault(os.path.normpath(parameters[PROGRAM])):
        message = (
            f"{PROGRAM} is {parameters[PROGRAM]}, which can't be a file below the code: {wrong}."
        )
        raise AwsError("ValidationException", message)
    for name, value in request["HyperParameters"].items():
        if name.startswith(OWN[0]) and name.endswith(LAUNCHER) and _decoded(value) is True:
            message = f"{name}: the local AWS has none of the launchers in AWS's images."
            raise AwsError("ValidationException", message)
    uri = parameters.get(SUBMIT, "s3://.tar.gz")
    if not (uri.startswith("s3://") and uri.endswith(".tar.gz")):
        message = f"{SUBMIT} is {uri}: the local AWS takes an S3 URI that ends in .tar.gz."
        raise AwsError("ValidationException", message)


def unpack(store: ObjectStore, job: dict, container: Container) -> None:
    """Unpack the script's code on an instance's disk: in /opt/ml/code, or the drivers' folder.

    Raises:
        AwsError: the archive does not exist, or is not valid.
    """
    parameters = _unquoted(job.get("HyperParameters", {}))
    if SUBMIT in parameters and CODE not in _channels(job):
        folder = container.path(_code_folder(job))
        folder.mkdir(parents=True, exist_ok=True)
        bucket, _, key = parameters[SUBMIT].removeprefix("s3://").partition("/")
        try:
            paths.unpack(store.info(bucket, key).path, folder)
        except AwsError as error:
            message = f"{SUBMIT} {parameters[SUBMIT]}: {error.message}"
            raise AwsError(error.code, message) from None
        for path in [*folder.rglob("*.py"), *folder.rglob("*.sh")]:
            container.rewrite(path)
    if DRIVERS in _channels(job) and not (installer := container.ml / INSTALLER).exists():
        installer.write_text(INSTALL)


def scripts_own(parameters: dict[str, str]) -> dict[str, str]:
    """Return the hyperparameters of the script."""
    return {name: value for name, value in parameters.items() if not name.startswith(OWN)}


def command(job: dict) -> list[str]:
    """Return the command of the image."""
    if DRIVERS in _channels(job):
        return ["/bin/bash", f"{ML}/input/data/{DRIVERS}/sm_train.sh"]
    program = _unquoted(job["HyperParameters"])[PROGRAM]
    file = shlex.quote(program)
    run = f"chmod +x {file}; exec ./{file}" if program.endswith(".sh") else f"exec python3 {file}"
    install = "if [ -f requirements.txt ]; then pip install -r requirements.txt || exit 1; fi"
    words = f"cd {_code_folder(job)}; {install}; {run} {shlex.join(_arguments(job))}"
    return ["/bin/bash", "-c", words]


def variables(job: dict, host: str, hosts: list[str], gpus: int = 0) -> dict[str, str]:
    """Return the SM_* variables of the toolkit; the SDK's drivers set their own."""
    if DRIVERS in _channels(job):
        return {}
    own = {name: _decoded(value) for name, value in scripts_own(job["HyperParameters"]).items()}
    folders = {name: f"{ML}/input/data/{name}" for name in _channels(job)}
    program = _unquoted(job["HyperParameters"])[PROGRAM]
    return {
        "SM_MODEL_DIR": f"{ML}/model",
        "SM_INPUT_DIR": f"{ML}/input",
        "SM_INPUT_CONFIG_DIR": f"{ML}/input/config",
        "SM_OUTPUT_DIR": f"{ML}/output",
        "SM_OUTPUT_DATA_DIR": f"{ML}/output/data",
        "SM_MODULE_DIR": _unquoted(job["HyperParameters"]).get(SUBMIT, ""),
        "SM_MODULE_NAME": program.removesuffix(".py"),
        "SM_USER_ENTRY_POINT": program,
        "SM_CHANNELS": json.dumps(sorted(folders)),
        **{f"SM_CHANNEL_{name.upper()}": folder for name, folder in folders.items()},
        "SM_HPS": json.dumps(own),
        **{f"SM_HP_{name.upper().replace('-', '_')}": str(own[name]) for name in own},
        "SM_USER_ARGS": json.dumps(_arguments(job)),
        "SM_CURRENT_HOST": host,
        "SM_CURRENT_INSTANCE_TYPE": job["ResourceConfig"].get("InstanceType", ""),
        "SM_HOSTS": json.dumps(hosts),
        "SM_NUM_GPUS": str(gpus),
    }


def _arguments(job: dict) -> list[str]:
    words = []
    for name, value in sorted(scripts_own(job["HyperParameters"]).items()):
        words += [f"-{name}" if len(name) == 1 else f"--{name}", str(_decoded(value))]
    return words


def _code_folder(job: dict) -> str:
    return f"{ML}/input/data/{CODE}" if {DRIVERS, CODE} & _channels(job) else f"{ML}/code"


def _channels(job: dict) -> set[str]:
    return {channel["ChannelName"] for channel in job.get("InputDataConfig", [])}


def _decoded(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _unquoted(parameters: dict[str, str]) -> dict[str, str]:
    # Version 2 of the SDK sent every hyperparameter as JSON, strings with quotes.
    return {
        name: str(_decoded(value)) if value.startswith('"') else value
        for name, value in parameters.items()
        if name in (PROGRAM, SUBMIT)
    }
