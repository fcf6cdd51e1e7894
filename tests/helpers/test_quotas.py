"""The account's quotas stand beside what a pass needs, with what to do about those that lack."""

from botocore.exceptions import ClientError

from helpers import quotas as module
from helpers.quotas import quotas
from local_aws.services.sagemaker.jobs.quotas import Quotas

WARM = "ml.g4dn.xlarge for training warm pool usage"
SPOT = "ml.m5.large for spot training job usage"


def rows(config):
    return quotas(config).set_index("quota")


def test_what_is_enough_and_what_is_to_be_asked_for(aws, config):
    Quotas(aws.context.state).set(WARM, 0)
    Quotas(aws.context.state).set(SPOT, 2)
    table = rows(config)
    assert table.loc[WARM, "answer"] == "ask for 1 in the Service Quotas console"
    assert (table.loc[SPOT, "account"], table.loc[SPOT, "answer"]) == ("2", "enough")
    assert table.loc["ml.g4dn.xlarge for training job usage", "answer"] == "enough"


def test_what_aws_does_not_tell_is_to_be_looked_up(config):
    table = rows(config)
    assert table.loc["ml.m5.large for endpoint usage", "account"] == "?"
    assert "look in the console" in table.loc["ml.m5.large for endpoint usage", "answer"]


def test_who_may_not_ask_is_told_so_and_the_course_goes_on(config, monkeypatch):
    def refuse(*_):
        error = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
        raise ClientError(error, "ListServiceQuotas")

    monkeypatch.setattr(module, "account_quotas", refuse)
    answers = set(rows(config)["answer"])
    assert answers == {"not checked (AccessDeniedException): look in the console"}
