"""The engine keeps its state over a restart, whichever of its components has it."""


def test_state_survives_a_restart_whatever_component_keeps_it(cloud):
    cloud.engine.create_work_group({"Name": "team"})
    cloud.run("PREPARE twice FROM SELECT ? * 2")
    dead = cloud.engine
    cloud.restart()
    assert cloud.engine.get_work_group({"WorkGroup": "team"})["WorkGroup"]["Name"] == "team"
    assert cloud.rows("EXECUTE twice USING 21") == [(42,)]
    dead.close()
