"""How notebooks are brought into the form that is committed."""

import base64
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tools import notebooks


@pytest.mark.parametrize(
    "text, shown",
    [
        ("one\rtwo\nthree", "two\nthree"),
        (" 50%|##   | 1/2\r100%|####| 2/2\ndone\n", "done\n"),
        ("upload: 12it [00:01, 9.51it/s]\ndone", "done"),
        (f"{notebooks.ROOT}/helpers/s3.py", "helpers/s3.py"),
        (f"{Path.home()}/.aws/config", "~/.aws/config"),
        (f"{notebooks.COPIES}/04_x.ipynb", "notebooks/04_x.ipynb"),
        ("/var/tmp/course-a1_b2/state/s3/b/k", ".local_aws/s3/b/k"),
        ("\x1b[31mred\x1b[0m", "red"),
        (
            "/v/site-packages/tqdm/auto.py:21: TqdmWarning: No widgets.\n  from .x import y\ndone",
            "done",
        ),
        ("/tmp/ipykernel_72/37.py:1: UserWarning: mine\n", "<cell>:1: UserWarning: mine\n"),
        ("<object at 0x7f3a5c001d20>", "<object>"),
        ("accuracy 98% | loss 0.1", "accuracy 98% | loss 0.1"),
    ],
)
def test_text_is_what_a_terminal_shows_on_any_machine(text, shown):
    assert notebooks.clean_text(text) == shown


def test_streams_are_joined_and_empty_ones_dropped():
    given = [
        new_output("stream", name="stdout", text="a"),
        new_output("stream", name="stdout", text="b\n"),
        new_output("stream", name="stderr", text="100%|#####| 3/3\n"),
    ]
    (output,) = notebooks.clean_outputs(given)
    assert output.text == "ab\n"


def test_a_large_figure_becomes_small_and_keeps_its_size():
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    large = base64.b64encode(out.getvalue()).decode()
    small = notebooks.small_png(large)
    assert len(small) < len(large) / 2
    assert Image.open(io.BytesIO(base64.b64decode(small))).size == (300, 200)


def rendered(*sources: str) -> nbformat.NotebookNode:
    """Return a notebook whose cells print their own source."""
    cells = [new_markdown_cell("# A")]
    for count, source in enumerate(sources, 1):
        output = new_output("stream", name="stdout", text=f"{source}\n")
        times = {"iopub.execute_input": f"2026-01-01T00:00:0{count}.0Z"}
        cell = new_code_cell(source, execution_count=count, outputs=[output])
        cell.metadata["execution"] = times
        cells.append(cell)
    notebook = new_notebook(cells=cells)
    notebooks.clean(notebook, "2026-01-01T00:00:00Z")
    return notebook


def test_a_rendered_notebook_says_which_run_it_is_and_how_long_it_took():
    about = rendered("1", "2", "3").metadata.course
    assert about.rendered == "2026-01-01T00:00:00Z"
    assert about.seconds == 2


def test_changed_code_and_changed_outputs_show():
    notebook = rendered("1", "2")
    about = notebook.metadata.course
    assert about.sources == notebooks.sources_digest(notebook)
    assert about.outputs == notebooks.outputs_digest(notebook)
    notebook.cells[1].source = "7"
    notebook.cells[2].outputs[0].text = "8\n"
    assert about.sources != notebooks.sources_digest(notebook)
    assert about.outputs != notebooks.outputs_digest(notebook)


def test_changed_prose_needs_no_new_run():
    notebook = rendered("1")
    notebook.cells[0].source = "# B"
    assert notebook.metadata.course.sources == notebooks.sources_digest(notebook)


def test_the_digests_survive_being_written_and_read(tmp_path):
    notebook = rendered("print('a\\nb')", "x")
    notebook.cells[1].outputs = [new_output("stream", name="stdout", text="a\nb\n")]
    notebooks.clean(notebook, "now")
    nbformat.write(notebook, tmp_path / "a.ipynb")
    again = nbformat.read(tmp_path / "a.ipynb", 4)
    assert again.metadata.course.outputs == notebooks.outputs_digest(again)


def test_a_number_without_a_notebook_runs_nothing(capsys):
    assert notebooks.run(["99"]) == 1
    assert "No notebooks" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["render", "test"])
def test_only_a_run_may_leave_notebooks_out(command, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["notebooks", command, "00"])
    with pytest.raises(SystemExit):
        notebooks.main()
    assert "only run takes numbers" in capsys.readouterr().err


MEET = """
import os, time
from pathlib import Path
folder, own = Path({folder!r}), os.environ["COURSE_DATASET"]
(folder / own).write_text(os.environ["COURSE_LOCAL_STATE"])
while len(list(folder.glob("bi*"))) < 2: time.sleep(0.05)
assert own != {failing!r}
"""


@pytest.mark.slow
@pytest.mark.parametrize("failing, code", [("", 0), ("bins", 1)])
def test_the_courses_run_at_once_in_folders_of_their_own(tmp_path, capfd, failing, code):
    cell = new_code_cell(MEET.format(folder=str(tmp_path), failing=failing))
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "00_a.ipynb")
    options = ["-p", "conftest", "-c", str(notebooks.ROOT / "pyproject.toml")]
    options += [f"--rootdir={tmp_path}", str(tmp_path / "00_a.ipynb"), "--color=no"]
    assert notebooks.test(options) == code
    assert (tmp_path / "birds").read_text() != (tmp_path / "bins").read_text()
    shown = capfd.readouterr().out
    assert "birds: 1 passed" in shown.replace("=", "").replace("birds:  ", "birds: ")
    assert ("AssertionError" in shown) == bool(failing)
