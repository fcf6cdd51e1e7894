"""Schedule groups and their tags: schedules have no tags of their own; knows no schedule."""

from local_aws.parts import Engine, Parts
from local_aws.services.scheduler.refusals import invalid, not_there, taken
from local_aws.state import positions
from local_aws.state.collection import Collection, public

DEFAULT = "default"
PAGE = 100


class Groups(Engine):
    """The groups of schedules.

    Left out: a group is gone at once, with its schedules, where AWS takes minutes (DELETING).
    """

    name = "schedule_groups"
    operations = {
        "scheduler": {
            "CreateScheduleGroup": "Name Tags(*) ClientToken",
            "GetScheduleGroup": "Name",
            "ListScheduleGroups": "NamePrefix MaxResults NextToken",
            "TagResource": "ResourceArn Tags(*)",
            "ListTagsForResource": "ResourceArn",
        }
    }

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._groups = Collection(parts.documents, "schedule.group")

    def create_schedule_group(self, request: dict) -> dict:
        token, tags = request.get("ClientToken"), _mapping(request.get("Tags", []))
        group = self._new(request["Name"]) | {"_tags": tags, "_token": token}
        if not self._groups.add(request["Name"], group):
            there = self.get(request["Name"])
            if token is None or there["_token"] != token:
                raise taken(f"Schedule group {request['Name']}")
        return {"ScheduleGroupArn": group["Arn"]}

    def get_schedule_group(self, request: dict) -> dict:
        return public(self.get(request["Name"]))

    def list_schedule_groups(self, request: dict) -> dict:
        self.get(DEFAULT)
        prefix = request.get("NamePrefix", "")
        groups = [public(each) for each in self._groups.listed() if each["Name"].startswith(prefix)]
        return page(groups, request, "ScheduleGroups")

    def tag_resource(self, request: dict) -> dict:
        name = self._named(request)
        self._groups.update(name, lambda group: group["_tags"].update(_mapping(request["Tags"])))
        return {}

    def list_tags_for_resource(self, request: dict) -> dict:
        tags = self.get(self._named(request))["_tags"]
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def get(self, name: str) -> dict:
        """Return a group.

        Raises:
            AwsError: ResourceNotFoundException.
        """
        if name == DEFAULT:  # every account has it
            self._groups.add(DEFAULT, self._new(DEFAULT))
        if (group := self._groups.get(name)) is None:
            raise not_there(f"Schedule group {name}")
        return group

    def delete(self, name: str) -> None:
        """Delete a group, whose schedules are gone."""
        if name == DEFAULT:
            raise invalid("The default schedule group can't be deleted.")
        self._groups.delete(name)

    def _named(self, request: dict) -> str:
        return self.get(request["ResourceArn"].rpartition("/")[2])["Name"]

    def _new(self, name: str) -> dict:
        now = self.parts.clock.now()
        return {
            "Arn": self.parts.context.arn("scheduler", f"schedule-group/{name}"), "Name": name,
            "State": "ACTIVE", "CreationDate": now, "LastModificationDate": now,
            "_tags": {}, "_token": None,
        }  # fmt: skip


def page(items: list[dict], request: dict, name: str) -> dict:
    """Return a page of a list, under its name in the answer.

    Raises:
        AwsError: ValidationException, the token is none.
    """
    return positions.page(items, request, name, PAGE, invalid("Invalid NextToken."))


def _mapping(tags: list[dict]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
