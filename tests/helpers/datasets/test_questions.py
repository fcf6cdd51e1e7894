"""Questions are asked by their names, in their order."""

import pytest

from helpers.datasets.questions import Question, Questions


@pytest.fixture
def questions():
    def question(name):
        return Question(name, name.title(), "SELECT 1", draw=None, finding=None)

    return Questions("", "", "recordist", (question("classes"), question("places")))


def test_a_question_is_found_by_its_name(questions):
    assert questions["places"].title == "Places"
    assert [question.name for question in questions] == ["classes", "places"]


def test_a_name_that_no_question_has_is_answered_with_those_that_there_are(questions):
    with pytest.raises(KeyError, match="No question is called 'hours'.*classes, places"):
        questions["hours"]
