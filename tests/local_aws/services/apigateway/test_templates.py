"""Mapping templates make a body's text, and a status; references that are not done are refused."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.apigateway.templates import check, render

BODY = '{"a": {"b": "q\\"é"}, "n": 415}'


@pytest.mark.parametrize(
    "template, text, status",
    [
        ("$input.body", BODY, None),
        ("$input.path('$.a.b')", 'q"é', None),
        ("{\"m\": $input.json('$.a.b')}", '{"m": "q\\"é"}', None),
        ("$input.json('$.none')", '""', None),
        ("#set($n = $input.path('$.n'))#set($context.responseOverride.status = $n)-", "-", 415),
        ("#if($input.path('$.n') == 415)yes#{else}no#end", "yes", None),
        ("#set($context.responseOverride.status = 99)", "", None),
        ('#set($context.responseOverride.status = "404")', "", None),
    ],
)
def test_a_template_is_rendered(template, text, status):
    check(template)
    assert render(template, BODY) == (text, status)


def test_what_a_body_says_is_no_template():
    evil = '{"a": "$input.body #set($context.responseOverride.status = 200)"}'
    text, status = render("$input.path('$.a')", evil)
    assert text.startswith("$input.body #set") and status is None


def test_a_body_that_is_no_json_has_nothing_at_any_path():
    assert render("[$input.path('$.a')]", "<html>") == ("[]", None)


@pytest.mark.parametrize(
    "template, word",
    [
        ("$util.escapeJavaScript('x')", "util.escapeJavaScript"),
        ("$input.params('x')", "input.params"),
        ("$input.path('$..a')", "input.path"),
        ("$input.path('$.a[0]')", "input.path"),
        ("$context.identity.sourceIp", "context.identity.sourceIp"),
        ("$stageVariables.a", "stageVariables.a"),
        ("$input.__class__", "input.__class__"),
        ("#set($a = $input)$a.value", "input"),
        ("#foreach($a in [1])$a#end", "#foreach"),
        ("#include('x')", "#include"),
        ("${util.x}", "util.x"),
    ],
)
def test_other_references_are_refused_by_name(template, word):
    with pytest.raises(AwsError, match="does not support") as error:
        check(template)
    assert word in error.value.message
