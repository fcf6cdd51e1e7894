"""The ErrorMessage of a run that failed, in the form of Glue."""

from local_aws.services.glue.jobs.verdict import failed

TRACEBACK = """\
26/11/26 08:07:45 WARN Utils: a line of Spark
Traceback (most recent call last):
  File "/tmp/etl.py", line 7, in <module>
    main()
  File "/tmp/etl.py", line 4, in main
    raise ValueError("no rows")
ValueError: no rows""".splitlines()


def test_an_exception_is_told_with_its_category_and_the_line_of_the_script():
    message = failed(TRACEBACK, 1, "/tmp/etl.py").message
    assert message == (
        "Error Category: UNCLASSIFIED_ERROR; Failed Line Number: 4; ValueError: no rows"
    )


def test_a_missing_module_has_a_category_of_its_own():
    lines = [*TRACEBACK[:-1], "ModuleNotFoundError: No module named 'rows'"]
    assert failed(lines, 1, "/tmp/etl.py").message.startswith("Error Category: IMPORT_ERROR; ")


def test_an_exit_without_an_exception_is_told_by_its_code():
    assert failed(["a line"], 3, "/tmp/etl.py").message == "SystemExit: 3"


def test_a_killed_driver_is_told_by_its_signal():
    assert failed(TRACEBACK, 137, "/tmp/etl.py").message.endswith("signal 9")
