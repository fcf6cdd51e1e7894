"""All that the course made is listed, and nothing of anybody else."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from helpers.deletion import delete_all
from helpers.inventory import KINDS, UNKNOWN, inventory, look_alikes, proof, remaining, stays
from helpers.session import client as course_client
from local_aws.control import Fault, advance, set_faults
from tests.local_aws.services.sagemaker.jobs.requests import processing, wait_for
from tests.local_cloud import BUCKET, mark_bucket

OURS = "birds-and-bins-birds-1"
COLUMNS = ["service", "kind", "name"]


def card(sagemaker, name, **tags):
    """Make a model card, which is made at once."""
    marks = [{"Key": key, "Value": value} for key, value in tags.items()]
    sagemaker.create_model_card(
        ModelCardName=name, Content="{}", ModelCardStatus="Draft", Tags=marks
    )


def test_the_order_of_deletion_puts_what_uses_before_what_is_used():
    names = [kind.name for kind in KINDS]
    assert len({*names}) == len(names)
    for place, kind in enumerate(KINDS):
        assert {*kind.after} <= {*names[:place]}


def test_an_account_without_the_course_has_nothing_of_it(aws, config):
    aws.store.delete_bucket(BUCKET)
    assert inventory(config).empty and look_alikes(config).empty


def test_what_has_the_courses_name_and_not_its_tag_is_shown_apart_with_the_difference(
    client, config
):
    sagemaker = client("sagemaker")
    card(sagemaker, "birds-and-bins-theirs")
    card(sagemaker, "birds-and-bins-other", course="another")
    card(sagemaker, "my-birds-and-bins-birds", course="birds-and-bins")
    card(course_client(config, "sagemaker"), OURS)
    assert [*inventory(config).itertuples(index=False)] == [("SageMaker", "model card", OURS)]
    assert look_alikes(config).to_numpy().tolist() == [
        ["SageMaker", "model card", "birds-and-bins-other", "tag course=another"],
        ["SageMaker", "model card", "birds-and-bins-theirs", "no tag course"],
        ["S3", "bucket", BUCKET, "no tag course"],
    ]


def test_a_bucket_counts_once_it_has_the_courses_tag(config):
    assert inventory(config).empty
    mark_bucket(config)
    assert [*inventory(config).itertuples(index=False)] == [("S3", "bucket", BUCKET)]


def test_lists_are_asked_again_while_aws_throttles(aws, config):
    mark_bucket(config)
    set_faults(aws.context, [Fault("throttled", share=0.3)], seed=3)
    assert list(inventory(config)["name"]) == [BUCKET]


def test_a_kind_that_may_not_be_listed_is_no_proof_of_its_absence(aws, config):
    set_faults(aws.context, [Fault("denied", "sagemaker", "ListEndpoints")])
    left = remaining(config, patience=0)
    assert ("endpoint", UNKNOWN) in left[["kind", "name"]].itertuples(index=False, name=None)
    others = look_alikes(config).set_index("kind")["name"]
    assert others.to_dict() == {"endpoint": UNKNOWN, "bucket": BUCKET}


def test_lists_that_are_late_are_asked_until_they_show_what_is_gone(aws, config):
    aws.store.put(BUCKET, "code/run.py", b"pass")
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_processing_job(**processing(OURS))
    wait_for(sagemaker, "ProcessingJob", OURS)
    sagemaker.create_model_package_group(ModelPackageGroupName=OURS)
    set_faults(aws.context, [Fault("lagging", "sagemaker", "List*", seconds=600)])
    assert set(delete_all(config)["result"]) == {"deleted"}
    assert sagemaker.list_processing_jobs()["ProcessingJobSummaries"]  # so late are they
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(remaining, config)
        advance(aws.context, 600)
        assert asked.result().empty


def test_the_databases_of_every_raw_data_set_are_listed_with_their_tables(config):
    glue = course_client(config, "glue")
    own = [dataclasses.replace(config, raw=raw).database for raw in (None, "/data/mine")]
    for name in (*own, "birds_and_binsters", "birds_and_bins_theirs"):
        tags = {"course": "birds-and-bins"} if name != "birds_and_bins_theirs" else {}
        glue.create_database(DatabaseInput={"Name": name, "Parameters": tags})
        glue.create_table(DatabaseName=name, TableInput={"Name": "t"})
    listed = inventory(config).groupby("kind")["name"].apply(set)
    assert listed["database"] == {*own} and listed["table"] == {f"{name}.t" for name in own}


def test_each_thing_that_stays_has_its_reason():
    assert stays()["why"].str.len().min() > 10


def test_the_proof_counts_each_service_before_and_after():
    before = pd.DataFrame([("SageMaker", "model", "a"), ("S3", "bucket", "b")], columns=COLUMNS)
    table = proof(before, before[1:])
    assert table["before"]["SageMaker"] == 1 and table["after"]["SageMaker"] == 0
    assert table.loc["all"].to_list() == [2, 1] and table.loc["IAM"].to_list() == [0, 0]
