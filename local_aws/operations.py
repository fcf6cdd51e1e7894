"""The table that is the architecture: which engine answers which operation.

What `recorded.RECORDED` names goes to moto; all the rest is refused by name. Services have boto3's
names; engines the names of their fields in `server.Engines`, but for S3's, which is a WSGI app.
"""

from botocore import xform_name

TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    "s3": {
        "s3": (
            "AbortMultipartUpload",
            "CompleteMultipartUpload",
            "CopyObject",
            "CreateBucket",
            "CreateMultipartUpload",
            "DeleteBucket",
            "DeleteObject",
            "DeleteObjectTagging",
            "DeleteObjects",
            "GetBucketLocation",
            "GetObject",
            "GetObjectAttributes",
            "GetObjectTagging",
            "HeadBucket",
            "HeadObject",
            "ListBuckets",
            "ListMultipartUploads",
            "ListObjectVersions",
            "ListObjects",
            "ListObjectsV2",
            "ListParts",
            "PutObject",
            "PutObjectTagging",
            "UploadPart",
            "UploadPartCopy",
        ),
    },
    "sagemaker": {
        "processing": (
            "CreateProcessingJob",
            "DescribeProcessingJob",
            "ListProcessingJobs",
            "StopProcessingJob",
            "DeleteProcessingJob",
        ),
        "training": (
            "CreateTrainingJob",
            "DescribeTrainingJob",
            "ListTrainingJobs",
            "StopTrainingJob",
            "UpdateTrainingJob",
            "DeleteTrainingJob",
        ),
        "models": ("CreateModel", "DescribeModel", "ListModels", "DeleteModel"),
        "endpoint_configs": (
            "CreateEndpointConfig",
            "DescribeEndpointConfig",
            "ListEndpointConfigs",
            "DeleteEndpointConfig",
        ),
        "endpoints": (
            "CreateEndpoint",
            "DescribeEndpoint",
            "ListEndpoints",
            "UpdateEndpoint",
            "DeleteEndpoint",
        ),
        "package_groups": (
            "CreateModelPackageGroup",
            "DescribeModelPackageGroup",
            "ListModelPackageGroups",
            "DeleteModelPackageGroup",
        ),
        "packages": (
            "CreateModelPackage",
            "DescribeModelPackage",
            "BatchDescribeModelPackage",
            "ListModelPackages",
            "UpdateModelPackage",
            "DeleteModelPackage",
        ),
        "model_cards": (
            "CreateModelCard",
            "DescribeModelCard",
            "UpdateModelCard",
            "ListModelCards",
            "ListModelCardVersions",
            "DeleteModelCard",
        ),
        "tags": ("AddTags", "ListTags", "DeleteTags"),
        "tuning": (
            "CreateHyperParameterTuningJob",
            "DescribeHyperParameterTuningJob",
            "ListHyperParameterTuningJobs",
            "ListTrainingJobsForHyperParameterTuningJob",
            "StopHyperParameterTuningJob",
            "DeleteHyperParameterTuningJob",
        ),
    },
    "sagemaker-runtime": {"endpoints": ("InvokeEndpoint",)},
    "logs": {
        "logs": (
            "CreateLogGroup",
            "CreateLogStream",
            "DeleteLogGroup",
            "DeleteLogStream",
            "DescribeLogGroups",
            "DescribeLogStreams",
            "FilterLogEvents",
            "GetLogEvents",
            "ListTagsForResource",
            "PutLogEvents",
            "PutRetentionPolicy",
        ),
    },
    "iam": {"simulator": ("SimulatePrincipalPolicy",)},
    "athena": {
        "athena": (
            "BatchGetNamedQuery",
            "BatchGetQueryExecution",
            "CreateNamedQuery",
            "CreatePreparedStatement",
            "CreateWorkGroup",
            "DeleteNamedQuery",
            "DeletePreparedStatement",
            "DeleteWorkGroup",
            "GetDataCatalog",
            "GetDatabase",
            "GetNamedQuery",
            "GetPreparedStatement",
            "GetQueryExecution",
            "GetQueryResults",
            "GetQueryRuntimeStatistics",
            "GetTableMetadata",
            "GetWorkGroup",
            "ListDataCatalogs",
            "ListDatabases",
            "ListNamedQueries",
            "ListPreparedStatements",
            "ListQueryExecutions",
            "ListTableMetadata",
            "ListWorkGroups",
            "StartQueryExecution",
            "StopQueryExecution",
            "UpdateNamedQuery",
            "UpdatePreparedStatement",
            "UpdateWorkGroup",
        ),
    },
    "glue": {
        "catalog": (
            "BatchCreatePartition",
            "BatchDeletePartition",
            "BatchDeleteTable",
            "BatchGetPartition",
            "CreateDatabase",
            "CreatePartition",
            "CreateTable",
            "DeleteDatabase",
            "DeletePartition",
            "DeleteTable",
            "GetDatabase",
            "GetDatabases",
            "GetPartition",
            "GetPartitions",
            "GetTable",
            "GetTables",
            "SearchTables",
            "UpdateDatabase",
            "UpdatePartition",
            "UpdateTable",
        ),
    },
}

_ENGINES = {
    (service, operation): engine
    for service, engines in TABLE.items()
    for engine, operations in engines.items()
    for operation in operations
}


def engine_of(service: str, operation: str) -> str | None:
    """Return the name of the engine that executes an operation; None where none does."""
    return _ENGINES.get((service, operation))


def method_of(operation: str) -> str:
    """Return the name of the engine's method, as boto3 spells the operation."""
    return xform_name(operation)
