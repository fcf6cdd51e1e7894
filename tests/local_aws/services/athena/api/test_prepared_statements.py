import pytest

from local_aws.errors import AwsError

STATEMENT = {"WorkGroup": "primary", "StatementName": "Twice"}


def test_a_prepared_statement_of_the_api_is_executed_in_sql(cloud):
    cloud.engine.create_prepared_statement({**STATEMENT, "QueryStatement": "SELECT ? * 2"})
    assert cloud.rows("EXECUTE twice USING 21") == [(42,)]


def test_a_statement_prepared_in_sql_is_found_by_the_api(cloud):
    cloud.run("PREPARE thrice FROM SELECT ? * 3")
    request = {"WorkGroup": "primary", "StatementName": "thrice"}
    statement = cloud.engine.get_prepared_statement(request)["PreparedStatement"]
    assert statement["QueryStatement"] == "SELECT ? * 3"


def test_execution_parameters_fill_the_question_marks(cloud):
    rows = cloud.rows("SELECT ?, ? || 'x'", parameters=["5", "'a'"], paramstyle="qmark")
    assert rows == [(5, "ax")]


def test_too_few_parameters_are_refused(cloud):
    id_ = cloud.start("SELECT ?, ?", ExecutionParameters=["1"])
    reason = cloud.finished(id_)["Status"]["StateChangeReason"]
    assert reason.endswith("Incorrect number of parameters: expected 2 but found 1")


def test_a_prepared_statement_is_changed_listed_and_deleted(cloud):
    cloud.engine.create_prepared_statement({**STATEMENT, "QueryStatement": "SELECT 1"})
    cloud.engine.update_prepared_statement({**STATEMENT, "QueryStatement": "SELECT 2"})
    assert cloud.rows("EXECUTE Twice") == [(2,)]
    listed = cloud.engine.list_prepared_statements({"WorkGroup": "primary"})
    assert [statement["StatementName"] for statement in listed["PreparedStatements"]] == ["Twice"]
    cloud.engine.delete_prepared_statement(STATEMENT)
    with pytest.raises(AwsError, match="does not exist"):
        cloud.engine.get_prepared_statement(STATEMENT)
