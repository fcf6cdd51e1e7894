"""A change goes to the listeners; a full disk refuses it, or loses the event of what is done."""

import sqlite3

import pytest

from local_aws.state.state_changes import StateChange, StateChanges

WORDS = ("aws.glue", "Glue Job State Change", ["arn:x"], {"state": "FAILED"})


def test_listeners_hear_of_a_change():
    changes, heard = StateChanges(), []
    changes.listeners.append(heard.append)
    changes.tell(*WORDS)
    assert heard == [StateChange(*WORDS)]


@pytest.mark.parametrize("late", [True, False])
def test_a_full_disk_loses_only_the_event_of_what_can_not_be_refused(late):
    def full(change):
        raise sqlite3.OperationalError("database or disk is full")

    changes, heard = StateChanges(), []
    changes.listeners += [full, heard.append]
    if late:
        changes.tell(*WORDS, late=True)
        assert len(heard) == 1
    else:
        with pytest.raises(sqlite3.OperationalError):
            changes.tell(*WORDS)
