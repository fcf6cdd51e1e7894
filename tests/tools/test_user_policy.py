"""The policies in docs/ are those of the present code."""

from tools.user_policy import DOCS, files


def test_the_files_are_up_to_date():
    written = {path: path.read_text() for path in DOCS.glob("user-policy*.json")}
    assert written == files(), "run `make readme`"
