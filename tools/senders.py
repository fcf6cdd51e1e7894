"""Who sends each operation that the local AWS executes: the reason why it is executed at all.

An operation is executed only if a notebook, an SDK call that a notebook makes, or a client suite
that is named here sends it; all else is refused by name.
"""

from tools.glue_senders import GLUE
from tools.sagemaker_senders import SAGEMAKER
from tools.sender import Sender

SUITES = {
    "aws CLI": "tests/local_aws/test_aws_cli.py",
    "PyAthena": "tests/local_aws/services/athena/test_pyathena.py",
    "SageMaker SDK": "tests/local_aws/test_sagemaker_sdk.py",
    "AWS SDK for pandas": "tests/local_aws/test_awswrangler.py",
}
"""Client suites: how senders begin that belong to one, and its tests."""

SENDERS: dict[str, tuple[Sender, ...]] = {
    "s3": (
        Sender("00, bucket", "helpers/bucket.py", ("CreateBucket", "HeadBucket")),
        Sender(
            "01 to 08, objects",
            "helpers/s3.py",
            ("DeleteObject", "GetObject", "HeadObject", "ListObjectsV2", "PutObject"),
        ),
        Sender(
            "01, files from 8 MB on, by boto3's transfer manager",
            "s3transfer/tasks.py",
            ("CompleteMultipartUpload", "CreateMultipartUpload"),
        ),
        Sender("01, files from 8 MB on", "s3transfer/upload.py", ("UploadPart",)),
        Sender(
            "12, objects and bucket",
            "helpers/bucket_contents.py",
            (
                *("AbortMultipartUpload", "DeleteBucket", "DeleteObjects"),
                *("ListMultipartUploads", "ListObjectVersions"),
            ),
        ),
        Sender(
            "aws CLI, buckets that tell EventBridge",
            "tests/local_aws/test_aws_cli.py",
            ("GetBucketNotificationConfiguration", "PutBucketNotificationConfiguration"),
        ),
        Sender(
            "aws CLI, buckets that keep versions",
            "tests/local_aws/test_aws_cli.py",
            ("GetBucketVersioning", "PutBucketVersioning"),
        ),
        Sender(
            "aws CLI, `s3api list-objects`; boto3's `bucket.objects`",
            "tests/local_aws/test_aws_cli.py",
            ("ListObjects",),
        ),
        Sender("aws CLI, `s3 ls`", "awscli/customizations/s3/subcommands.py", ("ListBuckets",)),
        Sender(
            "aws CLI, `s3 cp` from S3 to S3",
            "s3transfer/copies.py",
            ("CopyObject", "UploadPartCopy"),
        ),
        Sender(
            "AWS SDK for pandas, a bucket's region",
            "awswrangler/s3/_describe.py",
            ("GetBucketLocation",),
        ),
    ),
    "athena": (
        Sender(
            "02, every query, by PyAthena",
            "pyathena/common.py",
            ("GetQueryExecution", "StartQueryExecution"),
        ),
        Sender("PyAthena, rows of a cursor", "pyathena/result_set.py", ("GetQueryResults",)),
        Sender(
            "PyAthena, cancelled and listed queries",
            "pyathena/common.py",
            ("BatchGetQueryExecution", "ListQueryExecutions", "StopQueryExecution"),
        ),
        Sender(
            "PyAthena, metadata",
            "pyathena/common.py",
            ("GetTableMetadata", "ListDatabases", "ListTableMetadata"),
        ),
        Sender(
            "AWS SDK for pandas, prepared statements",
            "awswrangler/athena/_statements.py",
            (
                *("CreatePreparedStatement", "DeletePreparedStatement", "GetPreparedStatement"),
                *("ListPreparedStatements", "UpdatePreparedStatement"),
            ),
        ),
        Sender("AWS SDK for pandas, queries", "awswrangler/athena/_utils.py", ("GetWorkGroup",)),
        Sender(
            "aws CLI, a workgroup such as a company's own",
            "tests/local_aws/test_aws_cli.py",
            ("CreateWorkGroup",),
        ),
    ),
    "glue": GLUE,
    "sagemaker": SAGEMAKER,
    "service-quotas": (
        Sender(
            "00, quotas", "helpers/quotas.py", ("ListAWSDefaultServiceQuotas", "ListServiceQuotas")
        ),
    ),
    "sagemaker-runtime": (
        Sender("08, questions", "helpers/endpoints.py", ("InvokeEndpoint",)),
        Sender("08, many clips", "helpers/async_endpoints.py", ("InvokeEndpointAsync",)),
    ),
    "sagemaker-featurestore-runtime": (
        Sender("10, features", "helpers/feature_records.py", ("BatchGetRecord", "PutRecord")),
        Sender("10, a record taken back", "helpers/feature_groups.py", ("DeleteRecord",)),
        Sender("SageMaker SDK, FeatureGroup", "sagemaker/core/resources.py", ("GetRecord",)),
    ),
    "apigateway": (
        Sender(
            "08 and 10, gateway",
            "helpers/gateway_function.py",
            (
                *("CreateDeployment", "CreateRestApi", "CreateStage", "GetDeployment"),
                *("GetRestApis", "GetStages", "PutRestApi", "UpdateStage"),
            ),
        ),
        Sender(
            "08, gateway",
            "helpers/gateway.py",
            (
                *("CreateApiKey", "CreateUsagePlan", "CreateUsagePlanKey", "GetApiKeys"),
                *("GetUsage", "GetUsagePlanKeys", "GetUsagePlans", "UpdateUsagePlan"),
            ),
        ),
        Sender(
            "12, inventory",
            "helpers/resources/gateways.py",
            ("DeleteApiKey", "DeleteRestApi", "DeleteUsagePlan"),
        ),
    ),
    "iam": (
        Sender("05, `train`", "sagemaker/train/model_trainer.py", ("SimulatePrincipalPolicy",)),
    ),
    "cloudwatch": (
        Sender(
            "05 and 06, the metrics of training jobs",
            "local_aws/services/sagemaker/jobs/metrics.py",
            ("PutMetricData",),
        ),
        Sender(
            "08, an update", "helpers/guarded_updates.py", ("GetMetricStatistics", "PutMetricAlarm")
        ),
        Sender("08 and 09, the alarms that are on", "helpers/alarms.py", ("DescribeAlarms",)),
        Sender(
            "aws CLI, metrics", "tests/local_aws/test_aws_cli.py", ("GetMetricData", "ListMetrics")
        ),
        Sender(
            "aws CLI, alarms",
            "tests/local_aws/test_aws_cli.py",
            ("DisableAlarmActions", "EnableAlarmActions", "SetAlarmState"),
        ),
        Sender(
            "12, alarms", "helpers/resources/alarms.py", ("DeleteAlarms", "ListTagsForResource")
        ),
    ),
    "lambda": (
        Sender(
            "10, the function of the pipeline, by the SDK",
            "sagemaker/core/lambda_helper.py",
            ("CreateFunction", "UpdateFunctionCode"),
        ),
        Sender("SageMaker SDK, a function by hand", "sagemaker/core/lambda_helper.py", ("Invoke",)),
        Sender(
            "12, functions",
            "helpers/resources/pipelines.py",
            ("DeleteFunction", "GetFunction", "ListFunctions"),
        ),
    ),
    "scheduler": (
        Sender(
            "09 and 10, the monitoring job's schedule",
            "helpers/schedule_function.py",
            ("CreateSchedule", "CreateScheduleGroup", "GetSchedule", "UpdateSchedule"),
        ),
        Sender("09, the schedule's end", "helpers/schedules.py", ("DeleteSchedule",)),
        Sender(
            "12, schedules",
            "helpers/resources/schedules.py",
            ("DeleteScheduleGroup", "ListScheduleGroups", "ListSchedules", "ListTagsForResource"),
        ),
        Sender(
            "aws CLI, a schedule",
            "tests/local_aws/test_aws_cli.py",
            ("GetScheduleGroup", "TagResource"),
        ),
    ),
    "application-autoscaling": (
        Sender(
            "08, instances by the load",
            "helpers/scaling.py",
            ("DescribeScalingActivities", "PutScalingPolicy", "RegisterScalableTarget"),
        ),
        Sender(
            "12, scalable targets",
            "helpers/resources/scalable_targets.py",
            ("DeregisterScalableTarget", "DescribeScalableTargets", "ListTagsForResource"),
        ),
        Sender(
            "aws CLI, a policy",
            "tests/local_aws/test_aws_cli.py",
            ("DeleteScalingPolicy", "DescribeScalingPolicies"),
        ),
    ),
    "sns": (
        Sender(
            "09, the alarm's topic",
            "helpers/drift_alarm.py",
            ("CreateTopic", "Subscribe"),
        ),
        Sender(
            "12, topics",
            "helpers/resources/messages.py",
            ("DeleteTopic", "ListTagsForResource", "ListTopics"),
        ),
        Sender(
            "aws CLI, a topic",
            "tests/local_aws/test_aws_cli.py",
            (
                *("GetTopicAttributes", "ListSubscriptionsByTopic", "Publish"),
                *("SetTopicAttributes", "Unsubscribe"),
            ),
        ),
    ),
    "events": (
        Sender(
            "12, inventory",
            "helpers/resources/rules.py",
            (
                *("DeleteRule", "ListRules", "ListTagsForResource", "ListTargetsByRule"),
                "RemoveTargets",
            ),
        ),
        Sender("10, a rule off and on", "helpers/events.py", ("DisableRule", "EnableRule")),
        Sender(
            "aws CLI, events and rules",
            "tests/local_aws/test_aws_cli.py",
            (
                *("DescribeRule", "ListRuleNamesByTarget", "PutEvents", "PutRule", "PutTargets"),
                *("TagResource", "TestEventPattern", "UntagResource"),
            ),
        ),
    ),
    "logs": (
        Sender("04 to 07, a job's lines", "helpers/jobs.py", ("FilterLogEvents",)),
        Sender(
            "04 to 08, the instances of jobs and endpoints themselves",
            "local_aws/instances/log_streams.py",
            ("CreateLogGroup", "CreateLogStream", "PutLogEvents"),
        ),
        Sender(
            "12, inventory",
            "helpers/resources/logs.py",
            ("DeleteLogGroup", "DeleteLogStream", "DescribeLogGroups", "DescribeLogStreams"),
        ),
        Sender(
            "aws CLI, policies of log groups that are targets",
            "tests/local_aws/test_aws_cli.py",
            ("DeleteResourcePolicy", "DescribeResourcePolicies", "PutResourcePolicy"),
        ),
        Sender(
            "05, `train` with its default `logs=True`",
            "sagemaker/core/utils/logs.py",
            ("GetLogEvents",),
        ),
    ),
}
"""By service, as boto3 names it."""


def senders(service: str) -> dict[str, Sender]:
    """Return who sends each operation of a service."""
    return {name: each for each in SENDERS.get(service, ()) for name in each.operations}
