"""Each action of the user's policies is asked for: without it, a recorded request is denied."""

import json

from local_aws.services.iam.needs import Need
from tools import authorizations
from tools.authorizations import is_denied, needed_by, notes, recorded, statements

UNUSED = {
    "AWS answers it to everybody, whatever the policies say": ["sts:GetCallerIdentity"],
    "`docker push` and `docker login` send them; here an image is pushed by PutImage alone": [
        *("ecr:BatchCheckLayerAvailability", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload"),
        *("ecr:UploadLayerPart", "ecr:GetAuthorizationToken"),
    ],
    "AWS asks for them when Athena or the Feature Store works on tables in the caller's name": [
        *("glue:CreateDatabase", "glue:GetDatabase", "glue:GetPartitions", "glue:GetTable"),
        "glue:UpdateTable",
    ],
    "the row that makes roles has it too; it counts where the account has a role": ["iam:GetRole"],
    "Athena sends it in the caller's name": ["s3:GetBucketLocation"],
    "an upload, a query or a job that is broken off": [
        *("s3:AbortMultipartUpload", "athena:StopQueryExecution", "sagemaker:StopProcessingJob"),
    ],
    "who looks closer sends them, by the SDK's resources or the command line; no cell does": [
        *("sagemaker:GetRecord", "logs:GetLogEvents"),
        "application-autoscaling:DescribeScalingPolicies",
    ],
    "notebook 10 sends them when it is run again; an execution can be started by hand": [
        *("sagemaker:UpdatePipeline", "lambda:UpdateFunctionCode"),
        "sagemaker:StartPipelineExecution",
    ],
}
"""The actions that no recorded request needs, by the reason; an action may be needed elsewhere."""
ALLOWED = [
    {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:*Message"], "Resource": ["*"]},
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:a/*"]},
]


def test_an_action_counts_where_a_request_is_denied_without_it():
    requests = [Need("s3:GetObject", "arn:a/b"), Need("sqs:SendMessage", "q")]
    found = needed_by(ALLOWED, requests)
    assert [action for (action, _), need in found.items() if need] == ["s3:GetObject"]


def test_what_a_role_asked_for_is_not_the_users(tmp_path):
    user, role = "arn:aws:iam::0:user/u", "arn:aws:sts::0:assumed-role/r/s"
    rows = [
        {"principal": who, "action": "s3:GetObject", "resource": "r", "context": {}}
        for who in (user, role)
    ]
    file = tmp_path / authorizations.NOTES
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert [*notes(tmp_path)] == [Need("s3:GetObject", "r", {})]


def test_every_recorded_request_is_allowed():
    assert not [each for each in recorded() if is_denied(statements(), each)]


def test_each_action_of_the_policies_is_needed_by_a_recorded_request_or_has_its_reason():
    found = needed_by(statements(), recorded())
    unused = {action for (action, _), need in found.items() if need is None}
    assert unused == {action for actions in UNUSED.values() for action in actions}
    assert len(found) - sum(need is None for need in found.values()) > 0.8 * len(found)
