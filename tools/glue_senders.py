"""Who sends the operations of AWS Glue that the local AWS executes; see `senders.py`."""

from tools.sender import Sender

GLUE: tuple[Sender, ...] = (
    Sender(
        "12, inventory",
        "helpers/resources/catalog.py",
        ("DeleteDatabase", "DeleteTable", "GetDatabase", "GetDatabases", "GetTables"),
    ),
    Sender("PyAthena, metadata where Athena gives none", "pyathena/glue.py", ("GetTable",)),
    Sender(
        "AWS SDK for pandas, data sets as tables",
        "awswrangler/catalog/_create.py",
        ("CreateDatabase", "CreateTable", "UpdateDatabase", "UpdateTable"),
    ),
    Sender(
        "AWS SDK for pandas, partitions",
        "awswrangler/catalog/_add.py",
        ("BatchCreatePartition",),
    ),
    Sender(
        "AWS SDK for pandas, partitions that go",
        "awswrangler/catalog/_delete.py",
        ("BatchDeletePartition",),
    ),
    Sender(
        "03, Spark jobs",
        "helpers/glue_jobs.py",
        ("CreateJob", "GetJobRun", "StartJobRun", "UpdateJob"),
    ),
    Sender(
        "12, inventory of Spark jobs",
        "helpers/resources/spark_jobs.py",
        ("BatchStopJobRun", "DeleteJob", "GetJobRuns", "GetJobs", "GetTags"),
    ),
    Sender(
        "03, a workflow that events start",
        "helpers/glue_workflows.py",
        ("CreateTrigger", "CreateWorkflow", "GetTrigger", "GetWorkflowRuns", "UpdateTrigger"),
    ),
    Sender(
        "12, inventory of workflows",
        "helpers/resources/workflows.py",
        ("DeleteTrigger", "DeleteWorkflow", "GetTriggers", "ListWorkflows"),
    ),
    Sender(
        "aws CLI, a job and workflows",
        "tests/local_aws/test_aws_cli.py",
        (
            *("GetJob", "GetWorkflow", "GetWorkflowRun", "GetWorkflowRunProperties"),
            *("StartTrigger", "StartWorkflowRun", "StopWorkflowRun"),
        ),
    ),
    Sender(
        "AWS SDK for pandas, the catalog",
        "awswrangler/catalog/_get.py",
        ("GetPartitions", "SearchTables"),
    ),
)
