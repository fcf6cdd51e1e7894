"""A secret is read back by who has its name, a job too; its key is in no description of the job."""

from tests.local_aws.services.sagemaker.jobs.requests import run_training

READ = """
import boto3
secret = boto3.client("secretsmanager").get_secret_value(SecretId="birds/wandb")["SecretString"]
print(f"letters={len(secret)}")
"""


def test_a_job_reads_a_secret_that_its_description_does_not_have(client):
    client("secretsmanager").create_secret(Name="birds/wandb", SecretString="k" * 40)
    job = run_training(client("sagemaker"), READ)
    events = client("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs")["events"]
    assert "letters=40" in [event["message"] for event in events]
    assert "k" * 40 not in str(job)
