"""The operations on training jobs that no other kind has."""

from local_aws.__main__ import main
from tests.local_aws.services.sagemaker.jobs.requests import training


def test_a_job_on_demand_is_not_interrupted(aws, client, capsys):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", "import time; time.sleep(60)"))
    assert main(["interrupt", "job", "--state", str(aws.context.state)]) == 1
    assert "does not run on spot instances" in capsys.readouterr().err
