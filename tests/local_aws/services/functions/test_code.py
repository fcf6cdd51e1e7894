"""An archive is unpacked once for its content; what is none is refused."""

import io
import zipfile

import pytest

from local_aws.errors import AwsError
from local_aws.services.functions.code import digest, folder_of, forget, unpack
from tests.local_aws.services.functions.conftest import zipped


def test_an_archive_lies_in_a_folder_of_its_content(tmp_path):
    first, second = zipped("a = 1"), zipped("a = 2")
    versions = [unpack(tmp_path, "f", archive) for archive in (first, second, first)]
    assert versions[0] == versions[2] != versions[1]
    assert (folder_of(tmp_path, "f", versions[0]) / "program.py").read_text() == "a = 1"
    assert digest(first) != digest(second)
    forget(tmp_path, "f")
    assert not folder_of(tmp_path, "f", versions[0]).parent.exists()


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "a//b.py", "a/../../out.py"])
def test_a_member_with_a_path_out_of_the_folder_is_refused_and_nothing_is_left(tmp_path, name):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("program.py", "a = 1")
        opened.writestr(name, "b = 1")
    with pytest.raises(AwsError, match="can't be a file"):
        unpack(tmp_path, "f", archive.getvalue())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_no_archive_is_refused(tmp_path):
    with pytest.raises(AwsError, match="Could not unzip uploaded file"):
        unpack(tmp_path, "f", b"text")
