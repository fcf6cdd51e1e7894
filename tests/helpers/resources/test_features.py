"""Groups of features and their tables are the course's by tag and by place, and go in order."""

import pytest

from helpers.feature_groups import make_group
from helpers.resources.features import GROUPS, TABLES
from helpers.resources.kind import Busy
from helpers.roles import make_role
from helpers.session import client
from tests.local_aws.services.sagemaker.features.stores import definition


@pytest.fixture
def group(config):
    """Return the name of the course's group, made beside one of another owner."""
    make_role(config)
    return make_group(config)["FeatureGroupName"]


def test_a_group_and_its_table_are_found_and_go(aws, config, group):
    request = definition("birds-and-bins-theirs", stores=("OnlineStore",))
    aws.parts.call("sagemaker", "CreateFeatureGroup", request)  # without the course's tag
    glue = client(config, "glue")
    theirs = {"Name": "birds_and_bins_theirs", "StorageDescriptor": {"Location": "s3://theirs/"}}
    glue.create_table(DatabaseName="sagemaker_featurestore", TableInput=theirs)
    assert [each.name for each in GROUPS.own(config)] == [group]
    assert [name for name, _ in GROUPS.look_alikes(config)] == ["birds-and-bins-theirs"]
    (table,) = TABLES.own(config)
    assert table.name.startswith("sagemaker_featurestore.birds_and_bins_birds_")
    for _ in range(2):  # while it is being deleted it stays busy
        with pytest.raises(Busy, match="being deleted"):
            GROUPS.delete(config, group)
    aws.parts.clock.advance(5)
    assert not list(GROUPS.own(config))
    TABLES.delete(config, table.name)
    assert not list(TABLES.own(config))
    names = glue.get_tables(DatabaseName="sagemaker_featurestore")["TableList"]
    assert [each["Name"] for each in names] == ["birds_and_bins_theirs"]


def test_an_account_without_the_database_of_features_has_no_table(config):
    assert not list(TABLES.own(config))
