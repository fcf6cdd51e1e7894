"""The resources of requests, as templates of their ARNs with members of the request; a table.

A row's key is an operation, or a pattern of several, and the first one that fits counts. A template
is left out whose members the request lacks; where none is left, the resource is `*`.
"""

ANY = "*"
GLOBAL = ("budgets", "iam")
"""Services whose ARNs have no region."""

_TABLE = "catalog database/{DatabaseName} table/{DatabaseName}/"
_ALARM = "arn:aws:cloudwatch:{region}:{account}:alarm:TargetTracking-{ResourceId}-Alarm"
_ENDPOINT = "arn:aws:sagemaker:{region}:{account}:{ResourceId}"

RESOURCES: dict[str, dict[str, str]] = {
    "sagemaker": {
        "CreateTransformJob": "transform-job/{TransformJobName}",
        "CreateModelPackage": (
            "model-package/{ModelPackageName} model-package/{ModelPackageGroupName}/new"
            " model-package-group/{ModelPackageGroupName}"
        ),
        "BatchGetRecord": "feature-group/{Identifiers[FeatureGroupName]}",
        "*": (
            "training-job/{TrainingJobName} processing-job/{ProcessingJobName}"
            " transform-job/{TransformJobName} model/{ModelName} endpoint/{EndpointName}"
            " hyper-parameter-tuning-job/{HyperParameterTuningJobName}"
            " endpoint-config/{EndpointConfigName} model-package/{ModelPackageName}"
            " model-package-group/{ModelPackageGroupName} model-card/{ModelCardName}"
            " feature-group/{FeatureGroupName} pipeline/{PipelineName}"
            " {ResourceArn} {ModelPackageArn} {PipelineExecutionArn}"
        ),
    },
    "athena": {"*QueryExecution*": "workgroup/{WorkGroup}", "*QueryResults": "workgroup/primary"},
    "glue": {
        "GetDatabases": "catalog",
        "CreateDatabase": "catalog database/{DatabaseInput[Name]}",
        "*Database": "catalog database/{Name}",
        "CreateTable": _TABLE + "{TableInput[Name]}",
        "UpdateTable": _TABLE + "{TableInput[Name]}",
        "GetTables": _TABLE + "*",
        "*Table": _TABLE + "{Name}",
        "*Partition*": _TABLE + "{TableName}",
        "GetJobs": ANY,
        "GetTriggers": ANY,
        "CreateJob": "job/{Name}",
        "*Job*": "job/{JobName}",
        "*Trigger": "trigger/{Name}",
        "*Workflow*": "workflow/{Name}",
        "*Tag*": "{ResourceArn}",
    },
    "iam": {
        "*Role*": "role/{RoleName}",
        "SimulatePrincipalPolicy": "{PolicySourceArn}",
        "CreatePolicy": "policy/{PolicyName}",
        "*Policy*": "{PolicyArn}",
    },
    "lambda": {"*": "function:{FunctionName}"},
    "logs": {
        "DescribeLogGroups": ANY,
        "FilterLogEvents": "log-group:{logGroupName}",
        "*LogEvent*": "log-group:{logGroupName}:log-stream:{logStreamName}",
        "DeleteLogStream": "log-group:{logGroupName}:log-stream:{logStreamName}",
        "*": "log-group:{logGroupName}",
    },
    "cloudwatch": {
        "DescribeAlarms": "alarm:{AlarmNames}",
        "DeleteAlarms": "alarm:{AlarmNames}",
        "*": "alarm:{AlarmName} {ResourceARN}",
    },
    "sns": {"CreateTopic": "{Name}", "*": "{TopicArn} {ResourceArn} {SubscriptionArn}"},
    "sqs": {"*": "{QueueName}"},
    "scheduler": {
        "ListSchedule*": ANY,
        "*ScheduleGroup": "schedule-group/{Name}",
        "*Schedule": "schedule/{GroupName}/{Name}",
        "*": "{ResourceArn}",
    },
    "events": {
        "ListRules": ANY,
        "PutEvents": "event-bus/default",
        "*": "rule/{Name} rule/{Rule} {ResourceARN}",
    },
    "application-autoscaling": {
        "Describe*": ANY,
        "*Tag*": "{ResourceARN}",
        "*": "scalable-target/{ResourceId}",
    },
    "ecr": {"*": "repository/{repositoryName} repository/{repositoryNames} {resourceArn}"},
    "budgets": {
        "DescribeBudgets": "budget/*",
        "*": "budget/{BudgetName} budget/{Budget[BudgetName]}",
    },
    "secretsmanager": {"*": "secret:{Name}-****** secret:{SecretId}-******"},
}
"""By the prefix of the actions."""

_SCALED = "sagemaker.application-autoscaling.amazonaws.com"
ALSO: dict[tuple[str, str], tuple[tuple[str, str, dict[str, list[str]]], ...]] = {
    ("application-autoscaling", "RegisterScalableTarget"): (
        ("sagemaker:DescribeEndpoint", _ENDPOINT, {}),
        ("sagemaker:UpdateEndpointWeightsAndCapacities", _ENDPOINT, {}),
        (
            "iam:CreateServiceLinkedRole",
            f"arn:aws:iam::{{account}}:role/aws-service-role/{_SCALED}/AWSServiceRole",
            {"iam:awsservicename": [_SCALED]},
        ),
    ),
    ("application-autoscaling", "PutScalingPolicy"): (
        ("cloudwatch:PutMetricAlarm", _ALARM, {}),
        ("cloudwatch:DescribeAlarms", _ALARM, {}),
    ),
    ("application-autoscaling", "DeregisterScalableTarget"): (
        ("cloudwatch:DeleteAlarms", _ALARM, {}),
    ),
}
"""What a service does in the name of its caller, with the values of conditions.

https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
"""
