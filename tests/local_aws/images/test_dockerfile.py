"""A Dockerfile is read as docker reads it, and a line that is no instruction is refused."""

import pytest

from local_aws.images.dockerfile import BuildFailed, Instruction, parse


def test_comments_and_continued_lines_are_read_as_docker_has_it():
    text = "# one\nFROM python:3.11\n\nrun a \\\n  # between\n\n  && b \\\n  c\nENV X=1\n"
    assert parse(text) == [
        Instruction("FROM", "python:3.11", 2),
        Instruction("RUN", "a && b c", 4),
        Instruction("ENV", "X=1", 9),
    ]


@pytest.mark.parametrize(
    "text, words",
    [
        ("FROM", "line 1: FROM: this is no instruction"),
        ("FROM a\n\n-x y", "line 3: -x y: this is no instruction"),
        ("RUN a \\", "line 1: RUN a: the last line goes on"),
        ("# syntax=docker/dockerfile:1\nFROM a", "line 1: .*directives aren't known"),
        ("#escape=`\nFROM a", "line 1: .*directives aren't known"),
        ("RUN <<EOF", "line 1: .*here-documents"),
    ],
)
def test_a_line_that_is_not_understood_is_refused_with_its_number(text, words):
    with pytest.raises(BuildFailed, match=words):
        parse(text)


def test_a_comment_that_only_looks_like_a_directive_is_one():
    assert len(parse("FROM a\n# syntax=x\nRUN b")) == 2


@pytest.mark.parametrize("text", ["/a:$PATH", "/a:${PATH}"])
def test_variables_are_replaced(text):
    assert Instruction("ENV", text, 1).filled(text, {"PATH": "/bin"}) == "/a:/bin"


@pytest.mark.parametrize("text", ["$NONE", "${PATH:-x}", "cost: $"])
def test_a_variable_that_is_not_set_is_refused(text):
    with pytest.raises(BuildFailed, match="line 4: ENV .* is no variable"):
        Instruction("ENV", text, 4).filled(text, {"PATH": "/bin"})


@pytest.mark.parametrize("text", ["python3 serve", '"python3"', "[1]", "{}"])
def test_the_exec_form_is_a_list_of_words(text):
    assert Instruction("ENTRYPOINT", '["a", "b c"]', 1).listed() == ["a", "b c"]
    with pytest.raises(BuildFailed, match="only the form"):
        Instruction("ENTRYPOINT", text, 1).listed()


def test_a_missing_quotation_mark_is_refused():
    with pytest.raises(BuildFailed, match="line 1: ENV A='b: No closing quotation"):
        Instruction("ENV", "A='b", 1).words()
