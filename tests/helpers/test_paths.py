"""Keys from outside become paths inside their folder, or an error that names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.paths import UnsafeName, all_below, below, fault, is_partial, partial

PARTS = st.text(alphabet=st.sampled_from("./\\~%a\0ä\ud800"), max_size=12)


@given(PARTS)
def test_any_key_is_inside_as_it_is_or_refused(tmp_path_factory, key):
    root = tmp_path_factory.getbasetemp()
    if fault(key):
        with pytest.raises(UnsafeName):
            below(root, key)
    else:
        assert below(root, key).resolve().relative_to(root.resolve()).as_posix() == key


def test_a_key_through_a_link_that_leads_out_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/out").symlink_to(tmp_path)
    with pytest.raises(UnsafeName, match="'out/x'.*link"):
        below(tmp_path / "in", "out/x")


def test_a_key_that_is_anothers_folder_is_refused(tmp_path):
    with pytest.raises(UnsafeName, match="'a/b/c'.*'a/b' is an object"):
        all_below(tmp_path, ["a/b", "a.b", "a/b/c"])


def test_no_key_is_named_like_a_half_written_file(tmp_path):
    path = partial(tmp_path / "a")
    assert is_partial(path.name) and fault(path.name) and not is_partial("a.part")
