"""The content of a training job's model folder arrives in S3."""

import io
import tarfile

from tests.local_aws.services.sagemaker.jobs.requests import run_training
from tests.local_cloud import BUCKET


def test_the_model_folder_becomes_an_archive_in_s3(aws, client):
    job = run_training(client("sagemaker"), "open('/opt/ml/model/weights', 'w').write('w')")
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"s3://{BUCKET}/models/job/output/model.tar.gz"
    data = aws.store.read(BUCKET, "models/job/output/model.tar.gz")
    assert tarfile.open(fileobj=io.BytesIO(data)).getnames() == ["weights"]


def test_a_link_in_the_model_folder_becomes_what_it_leads_to(aws, client):
    run_training(
        client("sagemaker"),
        "import os; folder = '/opt/ml/model/'; open(folder + 'weights', 'w').write('w')\n"
        "os.symlink(folder + 'weights', folder + 'latest')",
    )
    data = aws.store.read(BUCKET, "models/job/output/model.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert {m.name: tar.extractfile(m).read() for m in tar if m.isreg()} == {
            "weights": b"w",
            "latest": b"w",
        }


def test_a_model_that_is_not_to_be_packed_is_kept_file_by_file(aws, client):
    output = {"S3OutputPath": f"s3://{BUCKET}/models", "CompressionType": "NONE"}
    script = "import os; os.mkdir('/opt/ml/model/a'); open('/opt/ml/model/a/w', 'w').write('w')"
    job = run_training(client("sagemaker"), script, OutputDataConfig=output)
    uri = f"s3://{BUCKET}/models/job/output/model/"
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == uri
    assert aws.store.read(BUCKET, "models/job/output/model/a/w") == b"w"
