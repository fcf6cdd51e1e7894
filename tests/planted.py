"""Secrets that tests plant in requests and answers, and what looks for them in a text."""

ACCOUNT = "1234567890" + "12"
ACCESS_KEY = "AKIA" + "QZWXECRVTBYN" + "UMIL"
BUCKET = "zq-vault-77"
JOB = "zqjob-secret-4711"
EMAIL = "zqada@quuxzy.org"
PATH = "/".join(("", "home", "zqada", "vault", "owls.py"))
REQUEST_ID = "9Q8ZX7C6VBNM5LK4"
ADDRESS = "203.0.113.77"
SIGNATURE = "feedc0ffee99aa77"
TOKEN = "Zm9vYmFyenF4"
SECRET_KEY = "wJalrZQtnFEMI/K7MDENG+bPxRfiCYzq"
RECORDING = b"OggS\x00\x02zq-the-owl-calls-\xff\xfe"
SECRETS = (
    *(ACCOUNT, ACCESS_KEY, BUCKET, JOB, EMAIL, PATH, REQUEST_ID, ADDRESS, SIGNATURE, TOKEN),
    *(SECRET_KEY, RECORDING.decode("latin-1")),
)
ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/{JOB}"
URI = f"s3://{BUCKET}/raw/{JOB}.ogg"
URL = f"https://{BUCKET}.s3.amazonaws.com/{JOB}?X-Amz-Credential={ACCESS_KEY}&Signature={SIGNATURE}"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{BUCKET}:{JOB}"
TEXTS = (
    *(ACCOUNT, ACCESS_KEY, BUCKET, JOB, EMAIL, PATH, REQUEST_ID, ADDRESS, TOKEN, SECRET_KEY),
    *(ARN, URI, URL, IMAGE),
    f"arn:aws:iam::{ACCOUNT}:role/{JOB}",
    f"arn:aws:s3:::{BUCKET}/{JOB}",
    f"arn:{JOB}:{BUCKET}:{JOB}:{ACCOUNT}:{JOB}",
    f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:{JOB}",
    f"763104351884.dkr.ecr.us-east-1.amazonaws.com/{BUCKET}:{JOB}",
    f"763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:{JOB}",
    f'{{"Principal": "{ARN}", "Key": "{SECRET_KEY}"}}',
    f"SELECT * FROM t WHERE mail = '{EMAIL}'\nLIMIT 1",
    f"User: {ARN} is not authorized to perform: s3:GetObject on resource: {URI}",
    f"Value '{EMAIL}' at 'roleArn' failed to satisfy constraint",
    f'Received client error (400) with message "cannot read "{PATH}" of {EMAIL}"',
    f"AlgorithmError: ExecuteUserScriptError: no {JOB} for {EMAIL}, exit code: 1",
    f"Could not read {PATH}: connection from {ADDRESS} (request id: {REQUEST_ID})",
    f"{BUCKET}",
    f"{JOB}.{EMAIL}",
    RECORDING.decode("latin-1"),
)
"""Each a string as users or AWS write it, with at least one of the secrets in it."""
RUN = 6
"""Characters in a row that may not be shown of a secret."""


def shown_of(text: str) -> list[str]:
    """Return the parts of the secrets, of `RUN` characters, that a text shows."""
    parts = {s[i : i + RUN] for s in SECRETS for i in range(len(s) - RUN + 1)}
    return sorted(part for part in parts if part in text)
