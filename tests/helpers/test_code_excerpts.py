import pytest

from helpers.code_excerpts import excerpt
from helpers.config import ROOT


def code(shown) -> str:
    return shown.data.split("```")[1].split("\n", 1)[1]


def test_a_method_starts_at_the_first_column_and_has_no_docstring():
    text = code(excerpt("helpers/training/loop.py", "Trainer.finished"))
    assert text.startswith("def finished(self) -> bool:\n    now, options")
    assert '"""' not in text
    compile(text, "excerpt", "exec")


def test_decorators_belong_to_a_definition():
    text = code(excerpt("helpers/training/distributed.py", "Ranks.gather", "pickled"))
    assert text.startswith("@torch.inference_mode(False)")
    assert "\n\ndef pickled(" in text


def test_a_file_without_names_is_shown_whole():
    shown = excerpt("docker_process/Dockerfile")
    assert shown.data.startswith("`docker_process/Dockerfile`\n\n```dockerfile\n")
    assert code(shown).strip() == (ROOT / "docker_process/Dockerfile").read_text().strip()


@pytest.mark.parametrize("name", ["Trainer.begin", "Coach", "Trainer.finished.deeper"])
def test_a_name_that_is_not_there_is_said(name):
    with pytest.raises(LookupError, match=name):
        excerpt("helpers/training/loop.py", name)
