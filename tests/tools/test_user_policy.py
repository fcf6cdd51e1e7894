"""The policy in docs/ is that of the present code."""

from tools.user_policy import PAGE, text


def test_the_file_is_up_to_date():
    assert PAGE.read_text() == text(), "run `make readme`"
