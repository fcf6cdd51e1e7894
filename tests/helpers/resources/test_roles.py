"""The course's roles are marked when they are made; a company's role is none of them."""

from helpers.account_settings import AccountSettings
from helpers.resources import roles
from helpers.roles import make_role
from helpers.session import client
from tests.local_cloud import JOB_ROLE, course_config


def test_a_role_is_listed_with_its_tag_and_deleted_with_its_policies(config):
    make_role(config)
    (role,) = roles.roles(config)
    assert role.name == config.role and roles.tags(config, role) == {"course": "birds-and-bins"}
    roles.delete(config, config.role)
    assert not list(roles.roles(config))
    names = [each["RoleName"] for each in client(config, "iam").list_roles()["Roles"]]
    assert names == [JOB_ROLE["RoleName"]]


def test_a_companys_role_is_not_the_courses_even_with_its_name_and_tag(aws, config):
    make_role(config)
    account = AccountSettings(role_arn=f"arn:aws:iam::{'0' * 12}:role/teams/{config.role}")
    assert not list(roles.roles(course_config(aws, account=account)))
