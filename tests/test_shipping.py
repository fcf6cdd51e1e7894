"""What a job gets: the helpers that it needs, the scripts that it is given, and nothing else."""

import subprocess
import sys
from pathlib import Path

from helpers.shipping import COURSE, course_input, job_input, job_output, ship


def test_the_package_is_shipped_without_the_local_aws_and_without_caches():
    folder = ship("scripts_train/train.py")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert {"train.py", "helpers/networks/model.py", "helpers/datasets/birds.py"} <= names
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
    code = "from helpers.shipping import ship; print(ship())"
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
    assert source.s3_uri == config.uri("code") + "/" and source.local_path == COURSE
    keys = {info.key for info in aws.store.list(config.bucket, "code/")}
    assert config.key("code", "helpers", "manifest.py") in keys
    assert not [key for key in keys if "local_aws" in key]
