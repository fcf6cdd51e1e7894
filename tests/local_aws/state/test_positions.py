"""A paging token is a position that an answer has given, or it is refused."""

import pytest

from local_aws.errors import AwsError
from local_aws.state.positions import position

REFUSED = AwsError("InvalidToken", "The token is not valid.")


@pytest.mark.parametrize("token", ["-1", "²", "١", "1.0", " 1", "x", "9" * 5000, "\ud800", "f/3"])
def test_what_no_answer_gives_is_refused(token):
    with pytest.raises(AwsError, match="InvalidToken"):
        position(token, REFUSED)


@pytest.mark.parametrize(("token", "place"), [(None, 0), ("", 0), ("0", 0), ("1000", 1000)])
def test_a_position_is_a_number(token, place):
    assert position(token, REFUSED) == place
