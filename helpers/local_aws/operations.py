"""The table that is the architecture: which engine answers which operation.

What is not in it goes to moto, which records it; what moto doesn't know is refused by name.
Services have their signing names; engines the names of their fields in `server.Engines`.
"""

from botocore import xform_name

TABLE: dict[str, dict[str, tuple[str, ...]]] = {
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
    """Return the name of the engine that answers an operation; None where moto does."""
    return _ENGINES.get((service, operation))


def method_of(operation: str) -> str:
    """Return the name of the engine's method, as boto3 spells the operation."""
    return xform_name(operation)
