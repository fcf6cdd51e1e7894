"""A company's settings are read from variables, and a wrong one says what to do."""

import pytest

from helpers.account_settings import AccountSettings, read_settings
from tests.company import COMPANY
from tools.company import VARIABLES

ROLE = "arn:aws:iam::000000000000:role/service-role/studio"


def test_without_variables_nothing_is_prescribed():
    settings = read_settings({"HOME": "/", "COURSE_KMS_KEY": " "})
    assert settings == AccountSettings()
    assert not any((settings.vpc, settings.tag_list, settings.encryption, settings.role))


def test_every_variable_is_a_setting():
    assert read_settings(VARIABLES) == COMPANY


def test_a_role_has_a_name_without_its_path_and_a_bucket_may_have_a_prefix():
    settings = read_settings({"COURSE_ROLE_ARN": ROLE, "COURSE_BUCKET": "data/teams/ada/"})
    assert (settings.role, settings.role_arn) == ("studio", ROLE)
    assert (settings.bucket, settings.prefix) == ("data", "teams/ada")


def test_the_forms_that_requests_have():
    assert COMPANY.vpc == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
    assert COMPANY.tag_list[1] == {"Key": "cost-center", "Value": "42"}
    assert COMPANY.query_encryption["KmsKey"] == COMPANY.image_encryption["kmsKey"]


@pytest.mark.parametrize(
    "variables, words",
    [
        ({"COURSE_ROLE_ARN": "studio"}, "COURSE_ROLE_ARN='studio' .*arn:aws:iam.*unset it"),
        ({"COURSE_KMS_KEY": "alias/mine"}, "arn:aws:kms"),
        ({"COURSE_BUCKET": "s3://Mine"}, "my-bucket"),
        ({"COURSE_SUBNETS": "subnet-1"}, "set COURSE_SECURITY_GROUPS"),
        ({"COURSE_SECURITY_GROUPS": "sg-1"}, "set COURSE_SUBNETS"),
        ({"COURSE_TAGS": "team"}, "team=birds"),
        ({"COURSE_TAGS": "a=1,a=2"}, "has a twice"),
        ({"COURSE_TAGS": "aws:a=1"}, "no name that begins with aws:"),
        ({"COURSE_TAGS": "a=<b>"}, "which AWS takes in no tag"),
        ({"COURSE_TAGS": ",".join(f"t{n}=1" for n in range(50))}, "49 at most"),
        ({"COURSE_TAGS": "Course=1"}, "the name of the course's own tag"),
        ({"COURSE_PERMISSIONS_BOUNDARY": "bound"}, "policy/<name>"),
        ({"COURSE_ATHENA_WORKGROUP": "a b"}, "analysts"),
    ],
)
def test_a_wrong_setting_says_what_to_do(variables, words):
    with pytest.raises(ValueError, match=words):
        read_settings(variables)
