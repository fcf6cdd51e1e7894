"""A statement's tokens are read one after the other; what does not fit is named with its place."""

import pytest

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.sql.token_stream import TokenStream, escaped


def test_words_are_accepted_together_or_not_at_all():
    tokens = TokenStream("if not exists t")
    assert not tokens.accept("IF", "EXISTS") and tokens.accept("IF", "NOT", "EXISTS")
    assert tokens.name() == "t" and tokens.done()


@pytest.mark.parametrize(
    "text, name",
    [
        ("T", (None, "t")),
        ("Birds.T", ("birds", "t")),
        ("awsdatacatalog.birds.t", ("birds", "t")),
        ('"Birds"."T x"', ("birds", "t x")),
        ("`birds.t`", ("birds", "t")),
        ('"a""b"', (None, 'a"b')),
    ],
)
def test_a_name_is_a_database_and_a_table_in_lower_case(text, name):
    assert TokenStream(text).qualified() == name


@pytest.mark.parametrize("text", ["'it''s'", '"it\'s"'])
def test_a_string_stands_in_single_or_double_quotes(text):
    assert TokenStream(text).string() == "it's"


def test_properties_are_strings_numbers_flags_and_arrays():
    text = "(format = 'ORC', 'a.b' = \"c\", n = 21, on = TRUE, off = false, l = ARRAY['x', 'y'])"
    assert TokenStream(text).properties() == {
        "format": "ORC", "a.b": "c", "n": 21, "on": True, "off": False, "l": ["x", "y"]
    }  # fmt: skip


def test_comments_and_the_last_semicolons_are_no_tokens():
    tokens = TokenStream("a -- b\n /* c\n */ d ; ;")
    assert [tokens.name(), tokens.name()] == ["a", "d"]
    tokens.end()


def test_what_is_left_keeps_its_place_in_the_text():
    tokens = TokenStream("UNLOAD\n (SELECT (1)) TO 's3://b/'")
    tokens.take()
    inner = tokens.bracketed()
    assert inner.splitlines() == [" " * 6, "  SELECT (1)"]
    assert tokens.blanked().endswith("TO 's3://b/'") and tokens.rest() == "TO 's3://b/'"


@pytest.mark.parametrize(
    "text, texts",
    [("1", ["1"]), ("1, f(2, 3), ARRAY[4, 5]", ["1", "f(2, 3)", "ARRAY[4, 5]"]), ("", [])],
)
def test_expressions_are_cut_at_commas_outside_of_brackets(text, texts):
    assert TokenStream(text).expressions() == texts


@pytest.mark.parametrize(
    "text, kind",
    [
        ("int, b string", "int"),
        ("decimal(10, 2))", "decimal(10, 2)"),
        ("map<string, array<int>> COMMENT 'x'", "map<string, array<int>>"),
    ],
)
def test_a_type_ends_at_a_comma_a_bracket_or_its_comment(text, kind):
    assert TokenStream(text).type_text() == kind


@pytest.mark.parametrize(
    "read, text, reason",
    [
        (lambda t: t.expect("AS"), "VIEW", "line 1:1: mismatched input 'VIEW'. Expecting: 'AS'"),
        (lambda t: t.name(), "'a'", "line 1:1: mismatched input ''a''. Expecting: <identifier>"),
        (lambda t: t.string(), "a", "line 1:1: mismatched input 'a'. Expecting: <string>"),
        (lambda t: t.take(), "\n ", "line 1:1: mismatched input '<EOF>'. Expecting: <identifier>"),
        (lambda t: t.end(), "\n b", "line 2:2: mismatched input 'b'. Expecting: <EOF>"),
        (lambda t: t.properties(), "(a = 1 b = 2)", "line 1:8: mismatched input 'b'."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_place(read, text, reason):
    with pytest.raises(MalformedQuery) as refused:
        read(TokenStream(text))
    assert refused.value.reason.startswith(reason)


@pytest.mark.parametrize(
    "text, value",
    [
        (r"'it\'s'", "it's"),
        (r"'\t\001\u00FC\\\d\%'", "\t\x01ü\\d\\%"),
        (r'"a\"b"', 'a"b'),
        ("'a\\\n'", "a\n"),
    ],
)
def test_a_backslash_escapes_in_hives_strings(text, value):
    assert TokenStream(text, hive=True).string() == value


def test_a_backslash_is_a_plain_letter_in_trinos_strings():
    tokens = TokenStream(r"'\d' 'a\'")
    assert [tokens.string(), tokens.string()] == [r"\d", "a\\"]


def test_an_escaped_text_is_read_back():
    text = 'it\'s \t a \\ \n \x01 ü "b"'
    assert TokenStream(f"'{escaped(text)}'", hive=True).string() == text


def test_a_property_may_be_named_in_backquotes():
    assert TokenStream("(`date` = '1', \"B\" = 2)").properties() == {"date": "1", "B": 2}
