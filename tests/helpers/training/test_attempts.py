"""What may fail is named in the log and kept with its reason; what must not is not caught."""

import pytest

from helpers.training.attempts import REASON_LENGTH, Attempts


def test_a_failure_becomes_a_warning_that_names_part_and_reason(capsys):
    attempts = Attempts()
    with attempts("graph"):
        raise AttributeError("no is_exporting")
    assert attempts.warnings == {"graph": "AttributeError: no is_exporting"}
    assert "Warning: graph failed, the run goes on without: Attr" in capsys.readouterr().out


def test_the_first_reason_of_a_part_is_kept_and_cut(capsys):
    attempts = Attempts()
    for text in ("a" * 1000, "second"):
        with attempts("wandb"):
            raise OSError(text)
    assert attempts.warnings["wandb"] == ("OSError: " + "a" * 1000)[:REASON_LENGTH]


def test_what_goes_well_leaves_no_warning():
    attempts = Attempts()
    with attempts("graph"):
        pass
    assert attempts.warnings == {}


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_wish_to_end_is_no_failure(error):
    with pytest.raises(error), Attempts()("graph"):
        raise error
