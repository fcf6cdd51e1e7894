"""What a job gets: the helpers that it needs, the scripts that it is given, and nothing else."""

import ast
import inspect
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from helpers import job_code
from helpers.account_settings import AccountSettings
from helpers.job_code import (
    COURSE,
    course_input,
    digest,
    job_input,
    job_output,
    launch_arguments,
    ship,
    staged,
    stored,
    tracking_flags,
    training_code,
)
from helpers.session import client
from helpers.training_setups import training_setup
from tools.notebooks import code_cells, paths
from tools.readme import ROOT, tracked


def test_the_package_is_shipped_without_the_local_aws_and_without_caches():
    folder = ship("scripts_train/train.py")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert {"train.py", "helpers/networks/model.py", "helpers/datasets/birds/dataset.py"} <= names
    assert not {name for name in names if "local_aws" in name or "__pycache__" in name}


def test_what_was_shipped_imports_by_itself(tmp_path):
    folder = ship()
    code = "import helpers, helpers.manifest; print(helpers.__file__)"
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(folder / "helpers" / "__init__.py"), done.stderr


def test_the_shipped_folder_goes_with_the_process_that_made_it():
    code = "from helpers.job_code import ship; print(ship())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout and not Path(done.stdout.strip()).exists()


def test_an_input_lies_under_its_name_and_results_are_taken_at_the_end():
    source = job_input("model", "s3://bucket/model.tar.gz")
    assert source.input_name == "model" and source.s3_input.s3_uri == "s3://bucket/model.tar.gz"
    assert source.s3_input.local_path == "/opt/ml/processing/input/model"
    target = job_output("results", "s3://bucket/results").s3_output
    assert target.local_path == "/opt/ml/processing/output"
    assert (target.s3_uri, target.s3_upload_mode) == ("s3://bucket/results", "EndOfJob")


def test_the_package_is_an_input_of_a_processing_job(aws, config):
    source = course_input(config).s3_input
    assert source.s3_uri.startswith(config.uri("code") + "/") and source.local_path == COURSE
    keys = {info.key for info in aws.store.list(config.bucket, "code/")}
    assert source.s3_uri.partition(f"{config.bucket}/")[2] + "helpers/manifest.py" in keys
    assert not [key for key in keys if "local_aws" in key]


def test_code_is_uploaded_once_for_all_jobs_that_run_it(aws, config, monkeypatch):
    code = stored(config, training_code())
    prefix = code.source_dir.partition(f"{config.bucket}/")[2]
    keys = {info.key.removeprefix(prefix) for info in aws.store.list(config.bucket, prefix)}
    assert {"train.py", "inference.py", "requirements.txt", "helpers/manifest.py"} <= keys
    assert (code.entry_script, code.requirements) == ("train.py", "requirements.txt")
    monkeypatch.setattr(job_code, "upload_folder", None)
    assert stored(config, training_code()) == code


def test_code_of_which_a_file_is_missing_is_uploaded_again(aws, config):
    code = stored(config, training_code())
    key = code.source_dir.partition(f"{config.bucket}/")[2] + "train.py"
    client(config, "s3").delete_object(Bucket=config.bucket, Key=key)
    stored(config, training_code())
    assert aws.store.info(config.bucket, key).size


def test_a_job_gets_no_file_of_an_older_package(aws, config, monkeypatch):
    before = course_input(config).s3_input.s3_uri
    assert course_input(config).s3_input.s3_uri == before
    monkeypatch.setattr(job_code, "ship", lambda: without(ship(), "helpers/manifest.py"))
    after = course_input(config).s3_input.s3_uri
    keys = {
        info.key for info in aws.store.list(config.bucket, after.partition(f"{config.bucket}/")[2])
    }
    assert keys and after != before
    assert not [key for key in keys if key.endswith("helpers/manifest.py")]


def without(folder, file):
    """Delete a file of a folder, and return the folder."""
    (folder / file).unlink()
    return folder


def test_the_code_of_trials_is_an_archive_below_the_courses_prefix(config):
    """The tuner of the SDK makes its key of the trainer's base name."""
    from sagemaker.train.tuner import HyperparameterTuner

    source = inspect.getsource(HyperparameterTuner._build_driver_and_code_channels)
    assert 'key_prefix = f"{base_name}/tuning-' in source
    assert "base_name = model_trainer.base_job_name" in source
    company = replace(config, account=AccountSettings(bucket=config.bucket, prefix="team"))
    trainer = staged(company, SimpleNamespace(base_job_name="trial", source_code=None))
    assert Path(trainer.source_code.source_dir, "train.py").is_file()
    assert trainer.base_job_name == "team/birds-and-bins/staging/birds/trial"


def test_a_jobs_hyperparameters_name_the_secret_of_wandb_and_have_no_key(config):
    assert tracking_flags(config) == {}
    named = replace(config, account=AccountSettings(wandb_secret="birds/wandb"))
    assert tracking_flags(named) == {"wandb": "online", "wandb-secret": "birds/wandb"}


def test_a_renamed_file_is_other_code(tmp_path):
    (tmp_path / "a.py").write_text("x")
    before = digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert digest(tmp_path) != before


@pytest.mark.filterwarnings("ignore:sagemaker.train.configs has been moved")  # by the SDK itself
def test_torchrun_starts_the_processes_of_the_table(aws, config):
    arguments = launch_arguments(config, training_setup("ml.g5.12xlarge", 2), {"epochs": 3})
    assert arguments["distributed"].process_count_per_node == 4
    assert arguments["source_code"].entry_script == "train.py"
    assert arguments["hyperparameters"] == {"epochs": 3}


def test_smddp_is_started_by_the_toolkit_of_its_image(aws, config):
    arguments = launch_arguments(config, training_setup("ml.p4d.24xlarge", 2), {"epochs": 3})
    told = arguments.pop("hyperparameters")
    assert not arguments, "a source code of the SDK would replace the image's toolkit"
    bucket, _, key = told.pop("sagemaker_submit_directory").removeprefix("s3://").partition("/")
    assert told == {
        "epochs": 3,
        "backend": "smddp",
        "instance-type": "ml.p4d.24xlarge",
        "sagemaker_program": "train.py",
        "sagemaker_distributed_dataparallel_enabled": True,
        "sagemaker_instance_type": "ml.p4d.24xlarge",
    }
    with tarfile.open(aws.store.info(bucket, key).path) as archive:
        names = {name.removeprefix("./") for name in archive.getnames()}
        requirements = archive.extractfile("./requirements.txt").read().decode()
    assert requirements == (ROOT / "scripts_train" / "requirements_smddp.txt").read_text()
    assert {"train.py", "requirements.txt", "helpers/manifest.py"} <= names


def calls(source: str, *names: str) -> list[ast.Call]:
    """Return the calls by which a source makes one of some things, under whatever prefix."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call for call in found if ast.unparse(call.func).split("(")[0].split(".")[-1] in names]


def sources() -> dict[str, str]:
    """Return all code of the project but its tests: files, and notebooks without magics."""
    files = [p for p in tracked() if p.suffix == ".py" and p.parts[0] != "tests"]
    texts = {str(path): (ROOT / path).read_text() for path in files}
    for path in paths():
        cells = code_cells(nbformat.read(path, 4))
        texts[path.name] = "\n".join(c.source for c in cells if c.source[0] not in "%!")
    return texts


def test_training_code_names_the_requirements_that_lie_beside_the_script():
    code = training_code()
    folder = Path(code.source_dir)
    assert (folder / code.entry_script).is_file() and code.entry_script == "train.py"
    # By this very name the toolkit that starts a tuning job's trials installs them.
    assert code.requirements == "requirements.txt" and (folder / code.requirements).is_file()


@pytest.mark.parametrize("name", ["SourceCode", "from_recipe"])
def test_one_place_makes_the_code_of_training_jobs(name):
    makers = {path for path, text in sources().items() if calls(text, name)}
    assert makers <= {"helpers/job_code.py"}


def test_every_trainer_gets_that_code():
    trainers = [
        (path, {argument.arg: ast.unparse(argument.value) for argument in call.keywords})
        for path, text in sources().items()
        for call in calls(text, "ModelTrainer")
    ]
    assert len(trainers) >= 2
    for path, given in trainers:
        by_launcher = given.get(None, "").startswith("launch_arguments(")
        code = given.get("source_code")
        made = (f"{code} = training_code()", f"{code} = stored(config, training_code())")
        packed = any(words in sources()[path] for words in made)
        # The reading jobs get one code for all of them, from the notebook.
        made = f"{code} = reading_code(config)" in sources()["11_cost_and_scale.ipynb"]
        handed = path == "helpers/reading_jobs.py" and made
        assert by_launcher or packed or handed, path


@pytest.mark.parametrize(
    "source, count",
    [
        ("ModelTrainer(a=1)", 1),
        ("train.ModelTrainer(a=1)", 1),
        ("import ModelTrainer\nmake(ModelTrainer)", 0),
    ],
)
def test_a_maker_of_trainers_is_found(source, count):
    assert len(calls(source, "ModelTrainer")) == count
