"""The page as a file; test_try_page_in_browser.py uses it."""

import base64
import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import botocore.session
import pytest

from helpers.datasets import NAMES, load_dataset
from helpers.samples import Record, Unreadable
from helpers.try_page import (
    MOST_BYTES,
    MOST_EXAMPLE_BYTES,
    PARTS,
    SCRIPTS,
    Example,
    choose_examples,
    common_names,
    make_page,
)
from tests.tones.dataset import DATASET as TONES

EVIL = "</script><script>alert(1)</script>"
DATASETS = [*map(load_dataset, NAMES), TONES]


def settings_of(page: bytes) -> dict:
    """Return what the page's script is given."""
    (text,) = re.findall(
        r'<script type="application/json" id="settings">(.*)</script>', page.decode()
    )
    return json.loads(text)


@pytest.fixture(params=DATASETS, ids=lambda dataset: dataset.name)
def page(request):
    return make_page(request.param, {}, [Example("a.bin", b"data", "A", "by B")]).decode()


def test_the_page_names_no_address(page):
    texts = re.findall(r"https?://[^\s\"')]+", page)
    assert not [text for text in texts if "bids.github.io" not in text], "a comment's source alone"
    assert not re.findall(r"<(?:script|link|img|iframe|object)[^>]*(?:src|href)=\"(?!data:)", page)
    assert not re.search(r"@import|url\(|import\(|innerHTML|eval\(|Storage|cookie", page)


def test_only_the_pages_own_style_and_script_may_run(page):
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert page.index("Content-Security-Policy") < page.index("<style>")
    assert not re.search(
        r"\son\w+=|\sstyle=",
        page.split("<style>")[0] + page.split("</style>")[1].split("<script")[0],
    )


def test_every_part_is_in_the_page(page):
    for path in PARTS.iterdir():
        if path.suffix != ".html":
            assert path.read_text() in page, path
    assert {path.stem for path in PARTS.glob("*.js")} == {*SCRIPTS}
    assert not re.search(r"\$[a-z_]+\b", re.sub(r"<script>.*</script>", "", page, flags=re.S))


@pytest.mark.parametrize("part", sorted(PARTS.iterdir()), ids=lambda path: path.name)
def test_a_part_is_one_noun(part: Path):
    assert len(part.read_text().splitlines()) <= 300


def test_no_text_ends_the_block_of_settings():
    page = make_page(DATASETS[0], {"a": EVIL}, [Example(EVIL, b"", EVIL, EVIL)], path=EVIL)
    assert EVIL not in page.decode()
    settings = settings_of(page)
    assert settings["names"] == {"a": EVIL}
    assert settings["examples"][0]["caption"] == settings["path"] == EVIL


def test_the_page_tells_where_it_sends_and_what_it_takes():
    settings = settings_of(make_page(load_dataset("bins"), {}, path="there", most_bytes=1000))
    wanted = {"path": "there", "limit": 1000, "thing": "photo", "sound": False}
    assert {name: settings[name] for name in wanted} == wanted
    assert settings["types"] == ["image/jpeg", "image/png"]
    assert settings["formats"] == "JPEG or PNG"


def test_the_limit_is_the_one_of_invoke_endpoint():
    model = botocore.session.Session().get_service_model("sagemaker-runtime")
    assert MOST_BYTES == model.shape_for("BodyBlob").metadata["max"]


def test_a_common_name_stands_without_its_code_where_it_is_the_only_one():
    names = {"a": "Wren (a)", "b": "Robin (b)", "c": "Robin (c)", "d": "4 items"}
    assert common_names(names) == {"a": "Wren", "b": "Robin (b)", "c": "Robin (c)", "d": "4 items"}


META = {"b": {"author": "B", "license": "CC0"}, "d": {"author": ""}} | dict.fromkeys("ace", {})


class Heard(type(TONES)):
    """A data set that can read what says so."""

    def inputs(self, data: bytes, store: str):
        if not data.startswith(b"sound"):
            raise Unreadable("no sound")


def choose(objects: dict[str, tuple[str, str, bytes]], **options) -> list[Example]:
    """Choose among objects, id to (label, group, bytes); group `t` is in the test split."""
    records = [
        Record(id, f"tones/{id}.flac", label, (group,), META[id])
        for id, (label, group, _) in objects.items()
    ]
    manifest = SimpleNamespace(
        label_names={"low": "Low tone (low)"}, split=lambda name: SimpleNamespace(groups=[name[0]])
    )
    read = {record.media: objects[record.id][2] for record in records}.__getitem__
    return choose_examples(Heard(), manifest, records, read, **options)


def test_examples_are_of_the_test_split_and_of_different_classes():
    objects = {
        "a": ("low", "v", b"sound a"), "b": ("low", "t", b"sound b"), "c": ("low", "t", b"sound c"),
        "d": ("high", "t", b"sound d"), "e": ("middle", "t", b"sound e"),
    }  # fmt: skip
    chosen = choose(objects, most=2, credit="by us")
    assert [example.file for example in chosen] == ["b.flac", "d.flac"]
    assert chosen[0] == Example("b.flac", b"sound b", "Low tone", "by B, CC0")
    assert (chosen[1].caption, chosen[1].credit) == ("high", "by us")


def test_an_example_is_small_and_readable():
    objects = {
        "a": ("low", "t", b"noise"), "b": ("low", "t", b"sound" + bytes(MOST_EXAMPLE_BYTES)),
        "c": ("low", "t", b"sound c"),
    }  # fmt: skip
    assert [example.file for example in choose(objects)] == ["c.flac"]
