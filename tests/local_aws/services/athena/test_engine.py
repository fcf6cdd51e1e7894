"""The engine keeps its state over a restart, whichever of its components has it."""


def test_state_survives_a_restart_whatever_component_keeps_it(cloud):
    cloud.engine.create_work_group({"Name": "team"})
    query = {"Name": "n", "Database": "birds", "QueryString": "SELECT 1", "WorkGroup": "team"}
    named = cloud.engine.create_named_query(query)["NamedQueryId"]
    cloud.run("PREPARE twice FROM SELECT ? * 2")
    dead = cloud.engine
    cloud.restart()
    assert cloud.engine.list_named_queries({"WorkGroup": "team"})["NamedQueryIds"] == [named]
    assert cloud.rows("EXECUTE twice USING 21") == [(42,)]
    dead.close()
