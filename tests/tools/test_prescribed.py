"""A request that lacks what an account prescribes is seen, and one that has it is not."""

from helpers.athena import query
from helpers.session import boto_session, client
from tests.company import KEY
from tests.local_cloud import BUCKET
from tools.prescribed import OPERATIONS, Recorder, prescribed


def test_the_recorder_sees_what_is_lacking(aws, config):
    recorder = Recorder()
    recorder.watch(boto_session(config))
    s3 = client(config, "s3")
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"x")
    s3.put_object(
        Bucket=BUCKET, Key="a", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=KEY
    )
    query(config, "SELECT 1")
    assert recorder.violations == [
        "athena:StartQueryExecution without ResultConfiguration.EncryptionConfiguration",
        "athena:StartQueryExecution without WorkGroup",
        "s3:PutObject without SSEKMSKeyId",
        "s3:PutObject without ServerSideEncryption",
    ]


def test_the_members_come_from_botocores_models():
    assert prescribed("sagemaker", "CreateModel") == {"Tags", "VpcConfig"}
    assert "TrainingJobDefinitions[].VpcConfig" in prescribed(
        "sagemaker", "CreateHyperParameterTuningJob"
    )
    assert ("sagemaker", "CreateTrainingJob") in OPERATIONS
