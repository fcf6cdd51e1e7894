"""Requirements are read from any thread, by one at a time."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from packaging.requirements import InvalidRequirement, Requirement

from local_aws.images import requirement_lines
from local_aws.images.requirement_lines import requirement


def test_no_two_threads_read_at_once(monkeypatch):
    inside, most = [], []

    def read(text: str) -> Requirement:
        inside.append(text)
        time.sleep(0.01)
        most.append(len(inside))
        inside.remove(text)
        return Requirement(text)

    monkeypatch.setattr(requirement_lines, "Requirement", read)
    lines = [f"unread{n}; extra == '{n}'" for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert [str(each.marker) for each in pool.map(requirement, lines)] == [
            f'extra == "{n}"' for n in range(8)
        ]
    assert most == [1] * 8


def test_a_line_that_is_none_is_said_each_time():
    for _ in range(2):
        with pytest.raises(InvalidRequirement):
            requirement("a b")
