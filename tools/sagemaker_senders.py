"""Who sends each operation of SageMaker that the local AWS executes."""

from tools.sender import Sender

SAGEMAKER = (
    Sender("04 and 07, `run`", "sagemaker/core/resources.py", ("CreateProcessingJob",)),
    Sender("05 and 06, `train`", "sagemaker/core/resources.py", ("CreateTrainingJob",)),
    Sender("06, `tune`", "sagemaker/core/resources.py", ("CreateHyperParameterTuningJob",)),
    Sender(
        "04 to 07, waiting",
        "helpers/jobs.py",
        ("DescribeHyperParameterTuningJob", "DescribeProcessingJob", "DescribeTrainingJob"),
    ),
    Sender("06, trials", "helpers/tuning_jobs.py", ("ListTrainingJobsForHyperParameterTuningJob",)),
    Sender("08, batch", "helpers/transform_jobs.py", ("CreateTransformJob",)),
    Sender("08, waiting for a batch", "helpers/jobs.py", ("DescribeTransformJob",)),
    Sender("06, warm pool", "helpers/warm_pools.py", ("UpdateTrainingJob",)),
    Sender("07, candidates", "helpers/candidates.py", ("ListTrainingJobs",)),
    Sender(
        "07, registry and card",
        "helpers/registry.py",
        (
            *("CreateModelCard", "CreateModelPackage", "CreateModelPackageGroup"),
            *("DescribeModelPackage", "ListModelPackages"),
            *("UpdateModelCard", "UpdateModelPackage"),
        ),
    ),
    Sender(
        "08, endpoint",
        "helpers/endpoints.py",
        (
            *("CreateEndpoint", "CreateEndpointConfig", "CreateModel", "DeleteEndpoint"),
            *("DeleteModel", "DescribeEndpoint", "UpdateEndpoint"),
        ),
    ),
    Sender("SageMaker SDK, ModelBuilder", "sagemaker/core/resources.py", ("DescribeModel",)),
    Sender(
        "10, the pipeline, by the SDK",
        "sagemaker/mlops/workflow/pipeline.py",
        (
            *("AddTags", "CreatePipeline", "DescribePipeline", "DescribePipelineExecution"),
            *("ListPipelineExecutionSteps", "StartPipelineExecution", "UpdatePipeline"),
        ),
    ),
    Sender(
        "SageMaker SDK, an execution's parameters",
        "sagemaker/mlops/workflow/pipeline.py",
        ("ListPipelineParametersForExecution",),
    ),
    Sender(
        "SageMaker SDK, its resources of pipelines",
        "sagemaker/core/resources.py",
        (
            *("DescribePipelineDefinitionForExecution", "RetryPipelineExecution"),
            "UpdatePipelineExecution",
        ),
    ),
    Sender("10, features", "helpers/feature_groups.py", ("CreateFeatureGroup",)),
    Sender("SageMaker SDK, FeatureGroup", "sagemaker/core/resources.py", ("UpdateFeatureGroup",)),
    Sender(
        "12, groups of features",
        "helpers/resources/features.py",
        ("DeleteFeatureGroup", "DescribeFeatureGroup"),
    ),
    Sender("01, what was made", "helpers/provenance.py", ("DescribeEndpointConfig",)),
    Sender(
        "aws CLI, instances and weights of variants",
        "tests/local_aws/test_aws_cli.py",
        ("UpdateEndpointWeightsAndCapacities",),
    ),
    Sender(
        "12, pipelines",
        "helpers/resources/pipelines.py",
        (
            *("DeletePipeline", "ListPipelineExecutions", "ListPipelines"),
            "StopPipelineExecution",
        ),
    ),
    Sender(
        "12, inventory",
        "helpers/resources/sagemaker.py",
        (
            *("DeleteEndpointConfig", "DeleteHyperParameterTuningJob", "DeleteModelCard"),
            *("DeleteModelPackage", "DeleteModelPackageGroup", "DeleteProcessingJob"),
            *("DeleteTrainingJob", "DescribeModelPackageGroup", "ListEndpointConfigs"),
            *("ListEndpoints", "ListFeatureGroups", "ListHyperParameterTuningJobs"),
            "ListModelCards",
            *("ListModelPackageGroups", "ListModels", "ListProcessingJobs", "ListTags"),
            *("ListTransformJobs", "StopHyperParameterTuningJob", "StopProcessingJob"),
            *("StopTrainingJob", "StopTransformJob"),
        ),
    ),
)
