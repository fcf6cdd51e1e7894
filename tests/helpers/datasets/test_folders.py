"""A person's folder is walked whole, through links, and never in a circle."""

import pytest

from helpers.datasets.folders import is_leftover, leftover, walk


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a file, a link to a folder elsewhere, and one back to itself."""
    made, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    for path in (made / "b", elsewhere):
        path.mkdir(parents=True)
    (made / "b" / "song").touch()
    (elsewhere / "photo").touch()
    (made / "a").symlink_to(elsewhere)
    (made / "b" / "back").symlink_to(made)
    return made


def test_files_come_in_order_also_from_where_links_lead(folder):
    assert [str(path.relative_to(folder)) for path in walk(folder)] == ["a/photo", "b/song"]


def test_a_folder_that_two_links_lead_to_is_walked_by_both(folder):
    (folder / "c").symlink_to(folder / "a")
    assert [path.name for path in walk(folder)].count("photo") == 2


def test_a_link_that_leads_nowhere_is_told_like_a_file(folder):
    (folder / "gone").symlink_to(folder / "nothing")
    assert folder / "gone" in list(walk(folder))


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(walk(tmp_path / "nothing"))


def test_what_a_tool_left_is_told_and_not_opened(folder):
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "objects" / "photo").touch()
    (folder / ".DS_Store").touch()
    hidden = [path for path in walk(folder) if is_leftover(path)]
    assert [path.name for path in hidden] == [".DS_Store", ".git"]
    assert "1 file" in leftover(hidden[1]) and "hidden" in leftover(hidden[0])
