"""What DescribeEndpoint says of an endpoint's variants and its update; knows documents alone."""

from local_aws.services.sagemaker.hosting.configs import count_of, weight_of
from local_aws.services.sagemaker.hosting.data_capture import summary
from local_aws.services.sagemaker.hosting.deployments import Coming
from local_aws.services.sagemaker.hosting.fleet import Fleet
from local_aws.state.collection import public


def described(document: dict, fleet: Fleet | None, coming: Coming | None) -> dict:
    """Return DescribeEndpoint's answer.

    Args:
        fleet: what serves the endpoint.
        coming: what shall serve it.
    """
    plan, update = document["_plan"], document.get("_coming") or {}
    desired = update["plan"] if update.get("is_scaling") else plan
    answer = {**public(document), **_lists(plan, desired, fleet)}
    if capture := document.get("_capture"):
        answer["DataCaptureConfig"] = summary(capture)
    if queued := document.get("_async"):
        answer["AsyncInferenceConfig"] = queued
    if update and not update.get("is_scaling"):
        answer["PendingDeploymentSummary"] = {
            "EndpointConfigName": update["config"],
            **_lists(update["plan"], update["plan"], coming and coming.fleet, _status(coming)),
            **({"StartTime": update["start"]} if "start" in update else {}),
        }
    return answer


def _status(coming: Coming | None) -> str:
    return "Baking" if coming and coming.rollout else "Creating"


def _lists(
    plan: list[dict], desired: list[dict], fleet: Fleet | None, status: str | None = None
) -> dict:
    """Return the production variants and, if there are any, the shadow variants."""
    lists: dict[str, list[dict]] = {"ProductionVariants": []}
    for variant, wanted in zip(plan, desired, strict=True):
        name = "ShadowProductionVariants" if variant.get("Shadow") else "ProductionVariants"
        summaries = lists.setdefault(name, [])
        summary_of = {
            "VariantName": variant["VariantName"],
            "CurrentWeight": weight_of(variant),
            "DesiredWeight": weight_of(wanted),
        }
        if config := variant.get("ServerlessConfig"):
            summary_of |= {"CurrentServerlessConfig": config, "DesiredServerlessConfig": config}
        else:
            running = fleet.instances(variant["VariantName"]) if fleet else 0
            summary_of |= {
                "CurrentInstanceCount": running, "DesiredInstanceCount": count_of(wanted),
            }  # fmt: skip
        summaries.append(summary_of)
        if status:
            summaries[-1]["VariantStatus"] = [{"Status": status}]
    return lists
