"""How notebooks are run, and brought into the form that is committed."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import notebooks


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


def test_a_page_says_how_it_is_made():
    notebook = rendered("1")
    notebooks.clean(notebook, "now", "bins")
    assert notebook.metadata.course.made.endswith("COURSE_DATASET=bins")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return the folder of a course of one notebook, whose run fails where its cell says 1 / 0."""
    folder, copies = tmp_path / "notebooks", tmp_path / ".notebooks"
    folder.mkdir()
    monkeypatch.setattr(notebooks, "FOLDER", folder)
    monkeypatch.setattr(notebooks, "COPIES", copies)
    monkeypatch.setenv("COURSE_RAW", str(tmp_path / "mine"))

    def run(environment):
        copies.mkdir(exist_ok=True)
        for path in notebooks.paths():
            notebook = nbformat.read(path, 4)
            for cell in notebooks.code_cells(notebook):
                text = f"{environment['COURSE_DATASET']} of {environment.get('COURSE_RAW')}"
                cell.outputs = [new_output("stream", name="stdout", text=text)]
                if cell.source == "1 / 0":
                    return 1
            nbformat.write(notebook, copies / path.name)
        return 0

    monkeypatch.setattr(notebooks, "run", run)
    return folder


def write(path, source):
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)


def printed(path):
    return notebooks.code_cells(nbformat.read(path, 4))[0].outputs[0].text


def test_a_render_makes_the_pages_of_every_data_set_of_its_own_sample_data(course):
    write(course / "00_a.ipynb", "1")
    assert notebooks.render() == 0
    assert printed(course / "00_a.ipynb") == "birds of None"
    assert printed(course / "bins" / "00_a.ipynb") == "bins of None"


def test_one_data_set_is_rendered_alone_and_a_page_without_its_notebook_goes(course):
    write(course / "00_a.ipynb", "1")
    (course / "bins").mkdir()
    write(course / "bins" / "01_gone.ipynb", "1")
    assert notebooks.render(["bins"]) == 0
    assert [path.name for path in notebooks.paths("bins")] == ["00_a.ipynb"]
    assert not notebooks.code_cells(nbformat.read(course / "00_a.ipynb", 4))[0].outputs


def test_a_run_that_fails_saves_nothing(course):
    write(course / "00_a.ipynb", "1")
    write(course / "01_b.ipynb", "1 / 0")
    assert notebooks.render() == 1
    assert not (course / "bins").exists()
    assert not notebooks.code_cells(nbformat.read(course / "00_a.ipynb", 4))[0].outputs


def test_prose_goes_into_the_pages_of_other_data_sets_and_their_outputs_stay(course):
    write(course / "00_a.ipynb", "1")
    assert notebooks.render() == 0
    source = nbformat.read(course / "00_a.ipynb", 4)
    source.cells.insert(0, new_markdown_cell("New prose."))
    nbformat.write(source, course / "00_a.ipynb")
    assert notebooks.copy_prose() == 0
    page = nbformat.read(course / "bins" / "00_a.ipynb", 4)
    assert [cell.id for cell in page.cells] == [cell.id for cell in source.cells]
    assert page.cells[0].source == "New prose."
    assert printed(course / "bins" / "00_a.ipynb") == "bins of None"


def test_prose_beside_other_code_is_not_copied(course, capsys):
    write(course / "00_a.ipynb", "1")
    assert notebooks.render() == 0
    write(course / "00_a.ipynb", "2")
    assert notebooks.copy_prose() == 1
    assert "make render" in capsys.readouterr().err


def test_prose_that_was_changed_while_the_course_ran_is_kept(course, monkeypatch):
    write(course / "00_a.ipynb", "1")
    run = notebooks.run

    def edit_and_run(environment):
        status = run(environment)
        cells = [new_markdown_cell("New prose."), new_code_cell("1")]
        nbformat.write(new_notebook(cells=cells), course / "00_a.ipynb")
        return status

    monkeypatch.setattr(notebooks, "run", edit_and_run)
    assert notebooks.render() == 1
    assert nbformat.read(course / "00_a.ipynb", 4).cells[0].source == "New prose."


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
