"""An image's folder is made by the steps of its Dockerfile; a step that fails fails here too."""

import pytest

from local_aws.images.build import BASE_PATH, Build
from local_aws.images.dockerfile import BuildFailed
from local_aws.images.image import read

PYTHON = "FROM python:3.11-slim\n"
SERVE = "#!/bin/sh\n"


@pytest.fixture
def build(tmp_path):
    """Return a function that builds an image of a Dockerfile and files."""

    def build(dockerfile, **files):
        context, folder = tmp_path / "context", tmp_path / "image"
        for name, text in {"Dockerfile": dockerfile, **files}.items():
            path = context / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755 if text[:2] == "#!" else 0o644)
        Build(context, folder).run()
        return read(folder)

    return build


def listed(image):
    """Return the files of an image by their paths in it."""
    return {
        "/" + path.relative_to(image.files).as_posix()
        for path in image.files.rglob("*")
        if path.is_file()
    }


def test_an_image_has_what_its_steps_say(build):
    image = build(
        PYTHON + "LABEL a.b=c\nENV ONE=1 TWO='a b'\nENV THREE=$ONE-${TWO}\n"
        "COPY r.txt /tmp/\nRUN pip install -r /tmp/r.txt && pip install idna\n"
        'ENTRYPOINT ["python3"]',
        **{"r.txt": "six\n"},
    )
    assert (image.python, image.entry_point, image.serve) == ("3.11", ("python3",), None)
    assert image.variables == {"PATH": BASE_PATH, "ONE": "1", "TWO": "a b", "THREE": "1-a b"}
    assert [str(line) for line in image.packages] == ["six", "idna"]
    assert listed(image) == {"/tmp/r.txt"}


@pytest.mark.parametrize("option, urllib3", [("", True), ("--no-deps ", False)])
def test_what_a_package_needs_comes_along_but_for_no_deps(build, option, urllib3):
    had = build(f"{PYTHON}RUN pip install {option}requests").distributions()
    assert {"requests", "pip"} <= had.keys() and ("urllib3" in had) == urllib3


@pytest.mark.parametrize(
    "copy, files",
    [
        ("a.txt /x", {"/x"}),
        ("a.txt /x/", {"/x/a.txt"}),
        ("a.txt b.txt /x/", {"/x/a.txt", "/x/b.txt"}),
        ("d /x", {"/x/c.txt", "/x/e/f.txt"}),
        ("d/ /x/d/", {"/x/d/c.txt", "/x/d/e/f.txt"}),
        ("d/c.txt here", {"/w/here"}),
        (". /x", {"/x/Dockerfile", "/x/a.txt", "/x/b.txt", "/x/d/c.txt", "/x/d/e/f.txt"}),
    ],
)
def test_files_are_copied_as_docker_does(build, copy, files):
    names = ("a.txt", "b.txt", "d/c.txt", "d/e/f.txt")
    image = build(f"{PYTHON}WORKDIR /w\nCOPY {copy}", **dict.fromkeys(names, "x"))
    assert listed(image) == files and image.workdir == "/w"


def test_what_dockerignore_names_is_not_there(build):
    files = {".dockerignore": "# ours\n**/__pycache__\n", "m/a.py": "", "m/__pycache__/a.pyc": ""}
    assert listed(build(f"{PYTHON}COPY m /m", **files)) == {"/m/a.py"}


@pytest.mark.parametrize("path, serve", [("/opt", "/opt/serve"), ("/usr/local/bin", None)])
def test_a_program_called_serve_on_the_path_is_its_server(build, path, serve):
    image = build(f"{PYTHON}ENV PATH={path}:$PATH\nCOPY serve /opt/", serve=SERVE)
    assert image.serve == serve


def test_a_file_called_serve_that_can_not_be_run_is_none(build):
    assert build(f"{PYTHON}COPY serve /usr/local/bin/", serve="text").serve is None


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "has no FROM"),
        ("ENV A=b", "line 1: ENV A=b: the first instruction has to be FROM"),
        ("FROM ubuntu:24.04", "line 1: FROM ubuntu:24.04: one image of Python"),
        ("FROM python:3.11 AS base", "one image of Python"),
        (PYTHON + PYTHON, "line 2: .*one image of Python"),
        (
            PYTHON + "USER nobody",
            "line 2: USER nobody: the instruction isn't known here; FROM, COPY",
        ),
        (PYTHON + "ADD a /b", "line 2: ADD a /b: the instruction isn't known"),
        (PYTHON + "COPY none /x", "line 2: COPY none /x: the build context has no none"),
        (PYTHON + "COPY ../x /x", "line 2: COPY ../x /x"),
        (PYTHON + "COPY a /../x", "line 2: COPY a /../x: the build context has no a"),
        (PYTHON + "COPY Dockerfile /x\nCOPY Dockerfile /x/y", "line 3: .*a file lies where a fold"),
        (PYTHON + "COPY Dockerfile /x\nWORKDIR /x", "line 3: .*a file lies where a folder"),
        (PYTHON + f"WORKDIR {'/x' * 3000}", "line 2: .*a path is too long"),
        (PYTHON + f"ENTRYPOINT {'[' * 100_000}", "only the form"),
        (PYTHON + "COPY --from=b /x /y", "only the form COPY source"),
        (PYTHON + "COPY a b /x", "several sources need a target that ends with /"),
        (PYTHON + "ENV A b", "only the form NAME=value"),
        (PYTHON + "LABEL a", "only the form name=value"),
        (PYTHON + "ENTRYPOINT python3", "only the form"),
        (PYTHON + "RUN pip install six && ffmpeg -v", "line 2: RUN .*`ffmpeg -v` isn't known"),
        (PYTHON + "RUN pip install -r /tmp/r.txt", "has no file /tmp/r.txt: is a COPY missing"),
        (PYTHON + "RUN pip install six > /dev/null", "only && is known"),
        (PYTHON + "RUN pip install six; rm -r /", "only && is known"),
        (PYTHON + "RUN pip install $SIX", "only && is known"),
        (
            PYTHON + "RUN pip install six\nRUN pip install --no-deps idna",
            "line 3: .*--no-deps in one pip install of two",
        ),
        (PYTHON + 'RUN ["pip", "uninstall", "six"]', "`pip uninstall six` isn't known"),
    ],
)
def test_a_step_that_fails_or_is_not_known_is_refused_with_its_line(build, text, why):
    with pytest.raises(BuildFailed, match=why):
        build(text)


@pytest.mark.parametrize("copy", ["d /x", ". /x", "d/a /x"])
def test_links_in_a_context_are_refused_and_not_followed_round_and_round(tmp_path, build, copy):
    (tmp_path / "context" / "d").mkdir(parents=True)
    for name in "ab":
        (tmp_path / "context" / "d" / name).symlink_to(".")
    with pytest.raises(BuildFailed, match="line 2: .* d/a is a link|line 2: .* d/b is a link"):
        build(f"{PYTHON}COPY {copy}")


def test_requirements_that_name_themselves_are_refused(build):
    with pytest.raises(BuildFailed, match="line 3: .* a requirements file names itself"):
        build(f"{PYTHON}COPY r /r\nRUN pip install -r /r", r="-r /r")


def test_a_dockerfile_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "Dockerfile").write_bytes(b"FROM \xff")
    with pytest.raises(BuildFailed, match="no UTF-8"):
        Build(tmp_path, tmp_path / "image").run()


def test_what_dockerignore_names_may_lie_in_another_such_or_be_a_link(tmp_path, build):
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "l").mkdir()
    (tmp_path / "context" / "l" / "old").symlink_to("..")
    files = {".dockerignore": "**/old", "old/old/a": "", "b/c": ""}
    assert listed(build(f"{PYTHON}COPY b /b\nCOPY l /l", **files)) == {"/b/c"}


def test_a_pattern_of_dockerignore_that_is_not_known_is_refused(build):
    with pytest.raises(BuildFailed, match=r".dockerignore: \*.txt: only patterns"):
        build(PYTHON, **{".dockerignore": "*.txt"})


def test_without_a_dockerfile_nothing_is_built(tmp_path):
    (tmp_path / "context").mkdir()
    with pytest.raises(BuildFailed, match="no Dockerfile"):
        Build(tmp_path / "context", tmp_path / "image").run()
