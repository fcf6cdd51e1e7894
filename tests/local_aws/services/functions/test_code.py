"""An archive is unpacked once for its content; what is none is refused."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.functions.code import digest, folder_of, forget, unpack
from tests.local_aws.services.functions.conftest import zipped


def test_an_archive_lies_in_a_folder_of_its_content(tmp_path):
    first, second = zipped("a = 1"), zipped("a = 2")
    versions = [unpack(tmp_path, "f", archive) for archive in (first, second, first)]
    assert versions[0] == versions[2] != versions[1]
    assert (folder_of(tmp_path, "f") / versions[0] / "program.py").read_text() == "a = 1"
    assert digest(first) != digest(second)
    forget(tmp_path, "f")
    assert not folder_of(tmp_path, "f").exists()


def test_what_is_no_archive_is_refused(tmp_path):
    with pytest.raises(AwsError, match="Could not unzip uploaded file"):
        unpack(tmp_path, "f", b"text")
