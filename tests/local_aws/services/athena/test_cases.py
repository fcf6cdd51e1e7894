"""The SQL files in cases/: statements with the rows or the error that Athena returns.

A case is SQL and then lines of its answer: `--> a | b` is a row in the form of GetQueryResults
(`NULL` for NULL), `--: t` the types, `--# a` the column names, `--! TEXT` the beginning of the
error. A statement without such lines succeeds without rows.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.athena.cloud import Cloud
from tests.local_aws.services.athena.sample_tables import TABLES, lay_down

FOLDER = Path(__file__).parent / "cases"


@dataclass
class Case:
    """One statement and its answer."""

    name: str
    sql: str = ""
    rows: list[list[str]] = field(default_factory=list)
    types: list[str] | None = None
    names: list[str] | None = None
    error: str | None = None


def read_cases(path: Path) -> list[Case]:
    """Read one file of cases."""
    cases: list[Case] = []
    for block in path.read_text().split("\n\n"):
        case = read_case(f"{path.stem}-{len(cases) + 1}", block)
        if case.sql.strip():
            cases.append(case)
    return cases


def read_case(name: str, block: str) -> Case:
    """Read one case."""
    case = Case(name)
    for line in block.splitlines():
        mark, text = line[:4], line[4:]
        if mark == "--> ":
            case.rows.append([cell.strip() for cell in text.split(" | ")])
        elif mark == "--: ":
            case.types = [cell.strip() for cell in text.split("|")]
        elif mark == "--# ":
            case.names = [cell.strip() for cell in text.split("|")]
        elif mark == "--! ":
            case.error = text
        elif not line.startswith("--"):
            case.sql += line + "\n"
    return case


CASES = [case for path in sorted(FOLDER.glob("*.sql")) for case in read_cases(path)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A client of a cloud with all the tables."""
    cloud = Cloud(tmp_path_factory.mktemp("lake"))
    cloud.catalog.create_database({"DatabaseInput": {"Name": "birds"}})
    lay_down(cloud.store)
    for statement in TABLES.split(";\n"):
        if statement.strip():
            cloud.run(statement)
    yield cloud.session().client("athena")
    cloud.close()


def ask(client, sql: str, database: str = "birds") -> tuple[dict, dict | None]:
    """Return the execution, and its result when it succeeded."""
    id_ = client.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": database},
        ResultConfiguration={"OutputLocation": "s3://lake/results/"},
    )["QueryExecutionId"]
    while True:
        body = client.get_query_execution(QueryExecutionId=id_)["QueryExecution"]
        if body["Status"]["State"] not in ("QUEUED", "RUNNING"):
            break
    if body["Status"]["State"] != "SUCCEEDED":
        return body, None
    return body, client.get_query_results(QueryExecutionId=id_)


def outcome(client, case: Case, database: str = "birds") -> tuple[str | None, list, list, list]:
    """Return the error, or the rows, types and names."""
    try:
        body, result = ask(client, case.sql.strip().rstrip(";"), database)
    except ClientError as error:
        return error.response["Error"]["Message"], [], [], []
    if result is None:
        return body["Status"]["StateChangeReason"], [], [], []
    columns = result["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    rows = [
        [cell.get("VarCharValue", "NULL").strip() for cell in row["Data"]]
        for row in result["ResultSet"]["Rows"]
    ]
    header = body["StatementType"] == "DML" and body["SubstatementType"] in ("SELECT", "EXECUTE")
    names = [column["Name"] for column in columns]
    return None, rows[1:] if header else rows, [column["Type"] for column in columns], names


def test_there_are_at_least_150_cases():
    assert len(CASES) >= 150


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_athena_answers_as_the_case_says(lake, case):
    error, rows, types, names = outcome(lake, case)
    if case.error is not None:
        assert error is not None, f"{case.sql} gave {rows}"
        assert error.startswith(case.error)
        return
    assert error is None
    assert rows == case.rows
    assert case.types in (None, types)
    assert case.names in (None, names)
