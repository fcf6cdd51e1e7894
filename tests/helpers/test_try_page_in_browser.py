"""The page as people use it: in a browser, before a server that speaks as the gateway does."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from helpers.datasets import load_dataset
from helpers.predict import Predictor
from helpers.try_page import MOST_BYTES, Example, make_page
from tests.browser import browser
from tests.made_model import make_artifact
from tests.made_shards import clip, photo
from tests.page_server import KEY, serving
from tests.page_visit import Visit
from tests.sounds import chirp, file_of, hush, placed

NAMES = {
    "birds": {"barswa": "Barn Swallow (barswa)", "hoopoe": "Eurasian Hoopoe (hoopoe)", "x": "<b>"},
    "bins": {"0": "0 items", "1": "1 item", "2": "2 items"},
}
CARDS = {"birds": {"store": "flac"}, "bins": {"store": "jpg", "size": 32}}
KINDS = {"WAV": "audio/wav", "OGG": "audio/ogg", "FLAC": "audio/flac", "MP3": "audio/mpeg"}
PHONE = {"width": 360, "height": 740}


def song() -> bytes:
    """Return 12 s of WAV with two calls."""
    wave = placed(chirp(0.5), 1, placed(chirp(0.5, 5000.0), 8, hush(12)))
    return file_of(wave)


FILES = {
    "birds": ("song.wav", "audio/wav", song()),
    "bins": ("bin.jpg", "image/jpeg", photo(1, np.random.default_rng(0))),
}


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def sites(tmp_path_factory, chromium):
    """Return the servers of both data sets' pages, each with an untrained model."""
    made = {"birds": clip, "bins": photo}
    with serving(*_site(tmp_path_factory, "birds", made)) as birds:
        with serving(*_site(tmp_path_factory, "bins", made)) as bins:
            yield {"birds": birds, "bins": bins}


def _site(factory, name, made):
    folder = make_artifact(factory.mktemp(name), name, labels=[*NAMES[name]], **CARDS[name])
    suffix = {"birds": "flac", "bins": "jpg"}[name]
    data = made[name](0, np.random.default_rng(0))
    examples = [Example(f"example.{suffix}", data, "An example", "by A. Author, CC0")]
    return make_page(load_dataset(name), NAMES[name], examples), Predictor.load(folder, graph=False)


@pytest.fixture
def visit(chromium, sites):
    """Return a function that visits a data set's page; no visit may end with an error."""
    visits = []

    def start(name: str, **context) -> Visit:
        site = sites[name]
        site.reply, site.requests[:] = None, []
        visits.append(Visit(chromium, site.address, **context))
        visits[-1].site = site
        return visits[-1]

    yield start
    errors = [error for each in visits for error in each.errors]
    for each in visits:
        each.context.close()
    assert not errors


@pytest.mark.parametrize("name", FILES)
def test_a_dropped_file_is_shown_sent_as_it_is_and_answered(visit, name):
    here, file = visit(name), FILES[name]
    here.page.dispatch_event("#drop", "drop", {"dataTransfer": here.transfer(*file)})
    here.page.wait_for_selector({"birds": ".sound canvas", "bins": "img.photo"}[name])
    assert not here.site.requests, "nothing is sent before somebody asks"
    here.ask()
    text = here.answer()
    ((path, headers, body),) = here.site.requests
    assert (path, body) == ("/prod/try", file[2])
    assert (headers["content-type"], headers["x-api-key"]) == (file[1], KEY)
    assert "cookie" not in headers and "referer" not in headers
    expected = here.site.model.predict(file[2])
    spoken = {label: words.split(" (")[0] for label, words in NAMES[name].items()}
    assert spoken[expected["label"]] in text
    assert " ms, the way there and back" in text


def test_every_window_has_its_time_species_and_probability(visit):
    here = visit("birds")
    here.choose(*FILES["birds"])
    here.ask()
    here.answer()
    windows = here.site.model.predict(FILES["birds"][2])["windows"]
    assert len(windows) > 1
    rows = here.rows("Windows")
    assert [row[0] for row in rows] == [
        f"{round(w['start'], 1):g} s to {round(w['end'], 1):g} s" for w in windows
    ]
    for row, window in zip(rows, windows, strict=True):
        name = NAMES["birds"][window["label"]].split(" (")[0]
        assert row[1] == f"{name}, {round(100 * window['probabilities'][window['label']])}%"
    blocks = here.page.query_selector_all(".block.top")
    assert len(blocks) == len(windows)
    shares = [float(block.evaluate("e => parseFloat(e.style.height)")) for block in blocks]
    wanted = [100 * w["probabilities"][w["label"]] for w in windows]
    assert sorted(shares) == pytest.approx(sorted(wanted), abs=0.1)


def test_a_count_has_its_distribution_and_expected_value(visit):
    here = visit("bins")
    here.choose(*FILES["bins"])
    here.ask()
    text = here.answer()
    expected = here.site.model.predict(FILES["bins"][2])
    assert f"expected {expected['expected_count']:.1f}" in text
    shares = [f"{round(100 * share)}%" for share in expected["probabilities"].values()]
    assert [row[1] for row in here.rows("All counts")] == shares
    place = here.page.eval_on_selector(".expected span", "e => parseFloat(e.style.left)")
    assert place == pytest.approx(100 * (expected["expected_count"] + 0.5) / 3, abs=0.01)


def test_a_sound_is_described_in_numbers(visit):
    here = visit("birds")
    here.choose(*FILES["birds"])
    rows = here.rows("The sound")
    assert rows[0][0] == "0 s to 1 s" and len(rows) == 12
    assert 2.8 < float(rows[1][2].removesuffix(" kHz")) < 3.2, "the first call"
    assert 4.8 < float(rows[8][2].removesuffix(" kHz")) < 5.2, "the second"
    assert float(rows[1][1].removesuffix(" dB")) > float(rows[4][1].removesuffix(" dB")) + 10


def test_a_wrong_key_is_told_at_its_field_and_can_be_mended(visit):
    here = visit("bins")
    here.choose(*FILES["bins"])
    here.ask("wrong")
    assert "This key is not accepted" in here.fault()
    assert here.page.get_attribute("#key", "aria-invalid") == "true"
    assert here.page.evaluate("document.activeElement.id") == "key"
    here.ask()
    here.answer()
    assert here.page.get_attribute("#key", "aria-invalid") == "false"
    assert here.page.inner_text("#fault") == ""


def test_a_file_that_is_too_large_is_never_sent(visit):
    here = visit("birds")
    here.choose("long.wav", "audio/wav", b"RIFF" + bytes(MOST_BYTES))
    assert "The file is too large" in here.fault() and "at most 6.3 MB" in here.fault()
    here.ask()
    assert "Choose a recording first" in here.fault()
    assert not here.site.requests


@pytest.mark.parametrize(
    "file, words",
    [
        (("a.txt", "text/plain", b"Hello"), "a.txt is text/plain; it takes"),
        (("a.ogg", "audio/ogg", b""), "The file is empty"),
        (("a.jpg", "image/jpeg", FILES["bins"][2]), "a.jpg is image/jpeg; it takes"),
    ],
)
def test_what_the_model_does_not_take_is_refused_at_once(visit, file, words):
    here = visit("birds")
    here.choose(*file)
    assert words in here.fault()


@pytest.mark.parametrize(
    "status, body, words",
    [
        (403, {"message": "Missing Authentication Token"}, "This address answers nobody"),
        (413, {"message": "Request Too Long"}, "Send at most 6.3 MB"),
        (429, {"message": "Too Many Requests"}, "Too many requests at once"),
        (429, {"message": "Limit Exceeded"}, "This key's quota is used up"),
        (429, {"message": "Try again", "from": "endpoint"}, "The model is not ready"),
        (503, {"message": "It is not there", "from": "endpoint"}, "The model is not ready"),
        (504, {"message": "Endpoint request timed out"}, "The model took too long"),
        (502, {"message": "It did not answer", "from": "endpoint"}, "error 502"),
        (500, {"message": "NameError: x", "from": "model"}, "The model failed"),
        (413, {"message": "An object has at most 1 byte", "from": "model"}, "at most 1 byte"),
        (403, {"message": "Not this one", "from": "model"}, "Not this one"),
        (424, {"OriginalStatusCode": 400, "OriginalMessage": "No \"sound\"", "Message": "Received"},
         'No "sound"'),
        (502, "<html><h1>Bad Gateway</h1></html>", "error 502"),
        (200, {"hello": 1}, "The API answers something else"),
        (200, "no JSON", "The API answers something else"),
    ],
)  # fmt: skip
def test_errors_are_told_in_plain_words(visit, status, body, words):
    here = visit("bins")
    here.site.reply = status, body if isinstance(body, str) else json.dumps(body)
    here.choose(*FILES["bins"])
    here.ask()
    assert words in here.fault()
    assert "<" not in here.fault() and "{" not in here.fault()


def test_the_models_own_reason_is_shown(visit):
    here = visit("bins")
    here.choose("broken.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(100))
    here.ask()
    assert "The model can't use this photo" in here.fault()
    assert "Can't use this image/jpeg: " in here.fault()


def test_offline_is_told(visit):
    here = visit("bins")
    here.choose(*FILES["bins"])
    here.context.set_offline(True)
    here.ask()
    assert "You are offline" in here.fault()


def test_a_request_can_be_cancelled(visit):
    here = visit("bins")
    here.choose(*FILES["bins"])
    here.site.hold.clear()
    here.ask()
    here.page.wait_for_selector(".wait")
    animation = "getComputedStyle(document.querySelector('.wait'), '::before').animationName"
    assert here.page.evaluate(animation) == "none", "for those who want less motion"
    here.page.click("text=Cancel")
    here.page.wait_for_selector("text=Ask the model")
    here.site.hold.set()
    assert here.page.inner_text("#fault") == "" and not here.page.query_selector("#answer > *")


@pytest.mark.parametrize("name", FILES)
def test_the_keyboard_alone_is_enough_and_focus_is_seen(visit, name):
    here = visit(name)
    steps = []
    for _ in range(30):
        here.page.keyboard.press("Tab")
        focused = here.page.evaluate(
            """() => {
                const it = document.activeElement, style = getComputedStyle(it);
                const width = parseFloat(style.outlineWidth);
                return [it.id || it.textContent, style.outlineStyle, width];
            }"""
        )
        steps.append(focused[0])
        assert focused[1] == "solid" and focused[2] >= 2, focused
        if "An example" in focused[0]:
            here.page.keyboard.press("Enter")
        elif focused[0] == "key":
            here.page.keyboard.type(KEY)
        elif focused[0] == "ask":
            break
    assert steps[:2] == ["Skip to the answer", "choose"]
    here.page.wait_for_selector("#chosen > *")
    here.page.keyboard.press("Enter")
    here.answer()
    with here.page.expect_file_chooser():
        here.page.focus("#choose")
        here.page.keyboard.press("Enter")


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_wider_than_a_phone(visit, name):
    here = visit(name, viewport=PHONE, device_scale_factor=2, has_touch=True)

    def wide() -> int:
        return here.page.evaluate("document.documentElement.scrollWidth")

    widths = [wide()]
    here.choose(*FILES[name])
    here.ask("wrong")
    here.fault()
    widths.append(wide())
    here.ask()
    here.answer()
    for summary in here.page.query_selector_all("summary"):
        summary.click()
    widths.append(wide())
    assert widths == [PHONE["width"]] * 3
    small = here.page.eval_on_selector_all(
        "button, summary, input:not([hidden])",
        """all => all.filter(
            (e) => e.checkVisibility() && e.getBoundingClientRect().height < 44,
        ).length""",
    )
    assert small == 0, "all are as large as a finger"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", FILES)
def test_axe_has_no_serious_finding(visit, name, scheme):
    here = visit(name, color_scheme=scheme)
    here.choose(*FILES[name])
    findings = []
    for key in (None, "wrong", KEY):
        if key:
            here.ask(key)
            here.fault() if key == "wrong" else here.answer()
        for summary in here.page.query_selector_all("details:not([open]) summary"):
            summary.click()
        findings += [
            (finding["id"], finding["nodes"][0]["html"][:200])
            for finding in Axe().run(here.page).response["violations"]
            if finding["impact"] in ("serious", "critical")
        ]
    assert not findings


def test_dark_is_dark_and_light_is_light(visit):
    color = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    shades = [sum(visit("bins", color_scheme=s).page.evaluate(color)) for s in ("light", "dark")]
    assert shades[0] > 600 and shades[1] < 150


def test_the_key_is_kept_nowhere(visit):
    here = visit("bins")
    assert here.page.get_attribute("#key", "type") == "password"
    here.choose(*FILES["bins"])
    here.ask()
    here.answer()
    kept = here.page.evaluate(
        """async () => JSON.stringify([
            {...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state,
            await indexedDB.databases(), await caches.keys(), document.documentElement.outerHTML,
            performance.getEntries().map((entry) => entry.name),
        ])"""
    )
    state = here.context.storage_state()
    assert KEY not in kept and KEY not in json.dumps(state)
    assert state == {"cookies": [], "origins": []}
    here.page.reload()
    assert here.page.input_value("#key") == ""


def test_results_and_faults_are_announced(visit):
    here = visit("bins")
    here.choose(*FILES["bins"])
    here.ask()
    here.answer()
    assert here.page.get_attribute("#summary", "role") == "status"
    assert "likely" in here.page.inner_text("#summary")
    assert here.page.get_attribute("#fault", "role") == "alert"


def test_a_pasted_file_is_taken(visit):
    here = visit("bins")
    moved = here.transfer(*FILES["bins"])
    paste = "moved => document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: moved }))"
    here.page.evaluate(paste, moved)
    here.page.wait_for_selector("img.photo")
    assert "bin.jpg" in here.page.inner_text("#chosen-name")


def test_an_example_names_its_author_and_is_asked_like_a_file(visit):
    here = visit("bins")
    assert "by A. Author, CC0" in here.page.inner_text("#examples")
    assert not here.site.requests
    here.page.click("#examples button")
    here.page.wait_for_selector("img.photo")
    here.ask()
    assert "The example's own label is An example." in here.answer()
    assert here.page.get_attribute("#examples button", "aria-pressed") == "true"
    here.choose(*FILES["bins"])
    here.page.wait_for_selector("#chosen-name:has-text('bin.jpg')")
    here.ask()
    assert "own label" not in here.answer()
    assert here.page.get_attribute("#examples button", "aria-pressed") == "false"


def test_a_recording_is_sent_as_wav(visit):
    here = visit("birds")
    here.page.click("#record")
    here.page.wait_for_selector("text=Stop (1 s)")
    here.page.click("#record")
    here.page.wait_for_selector(".sound canvas")
    here.ask()
    here.answer()
    ((_, headers, body),) = here.site.requests
    wave, rate = soundfile.read(io.BytesIO(body))
    assert headers["content-type"] == "audio/wav"
    assert rate == 32_000 and wave.ndim == 1 and len(wave) > rate / 2
    assert np.abs(wave).max() > 0.01, "the browser's test device beeps"


def test_photos_are_not_recorded(visit):
    assert visit("bins").page.is_hidden("#record")


def test_a_label_is_text_and_no_element(visit):
    here = visit("birds")
    here.choose(*FILES["birds"])
    here.ask()
    assert "<b>" in [row[0] for row in (here.answer(), here.rows("All classes"))[1]]
    assert not here.page.query_selector("#answer b b, #summary b")


def test_the_page_reaches_nobody_else(visit, sites):
    here = visit("bins")
    other = sites["birds"]
    other.requests.clear()
    outcome = here.page.evaluate(
        """url => fetch(url, { method: 'POST', mode: 'no-cors' })
            .then(() => 'sent', () => 'refused')""",
        other.address + "/try",
    )
    assert outcome == "refused" and not other.requests
    assert "Content Security Policy" in here.errors.pop(0)
    here.errors.clear()


@pytest.mark.parametrize("end", ["", "/"])
def test_the_address_may_end_with_a_slash(visit, end):
    here = visit("bins")
    here.page.goto(here.site.address + end)
    here.choose(*FILES["bins"])
    here.ask()
    here.answer()
    assert here.site.requests[0][0] == "/prod/try"


def test_the_fourier_transform_is_numpys(visit):
    wave = np.random.default_rng(0).normal(size=1024)
    script = """wave => {
        const parts = [Float64Array.from(wave), new Float64Array(wave.length)];
        fourier(...parts);
        return parts.map((part) => [...part]);
    }"""
    real, imaginary = visit("birds").page.evaluate(script, wave.tolist())
    assert np.allclose(np.array(real) + 1j * np.array(imaginary), np.fft.fft(wave))


@pytest.mark.parametrize("container, kind", KINDS.items())
def test_a_sound_is_known_by_its_bytes_and_drawn_whatever_its_name(visit, container, kind):
    here = visit("birds")
    here.choose("sound", "text/plain", file_of(chirp(0.5), container))
    here.page.wait_for_selector(".sound canvas")
    here.ask()
    here.answer()
    assert here.site.requests[0][1]["content-type"] == kind


def test_a_png_is_taken(visit):
    here = visit("bins")
    Image.new("RGB", (40, 40)).save(data := io.BytesIO(), "PNG")
    here.choose("photo", "", data.getvalue())
    here.ask()
    here.answer()
    assert here.site.requests[0][1]["content-type"] == "image/png"


@pytest.mark.parametrize(
    "wave, rows",
    [
        (np.zeros(64_000), [["0 s to 0.2 s", "-100 dB", "none"], *[None] * 9]),
        (np.zeros(0), []),
        (np.full(1, 0.5), [["0 s to 0 s", "-6 dB", None]]),
        (np.stack([chirp(1.0)] * 3, 1), [None] * 10),
    ],
    ids=["silence", "nothing", "one value", "three channels"],
)
def test_an_odd_sound_is_shown_too(visit, wave, rows):
    here = visit("birds")
    here.choose("odd.wav", "audio/wav", file_of(wave))
    assert here.fault_now() == ""
    shown = here.rows("The sound")
    assert len(shown) == len(rows)
    for texts, row in zip(shown, rows, strict=True):
        assert row is None or all(b in (None, a) for a, b in zip(texts, row, strict=True))


def test_a_window_without_an_end_reaches_to_the_next(visit):
    here = visit("birds")
    windows = [{"start": s, "end": None, "label": "x", "probabilities": {"x": 1.0}} for s in (0, 7)]
    answer = {"label": "x", "probabilities": {"x": 1.0}, "windows": windows}
    here.site.reply = 200, json.dumps(answer)
    here.choose(*FILES["birds"])
    here.ask()
    here.answer()
    assert [row[0] for row in here.rows("Windows")] == ["0 s to 7 s", "7 s to 12 s"]


@pytest.mark.parametrize("folder", [Path("birds/audio"), Path("bins/images")], ids=str)
def test_real_files_are_shown(visit, folder):
    from tests.places import REAL_DATA

    files = sorted((REAL_DATA / folder).rglob("*.*"))[::17]
    if not files:
        pytest.skip("no real data beside the project: ../shared/real")
    here = visit(folder.parts[0])
    for path in files:
        here.page.set_input_files("#file", path)
        here.page.wait_for_selector(f"#chosen-name:has-text('{path.name}')")
        here.page.wait_for_selector(".sound canvas, img.photo")
        assert here.page.inner_text("#fault") == ""
