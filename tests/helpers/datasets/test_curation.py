"""Every data set of the course has a curation, which needs no package that Glue lacks."""

import subprocess
import sys

import pytest

from helpers.datasets import NAMES
from helpers.datasets.curation import load_curation

LIGHT = """
import sys
from helpers.datasets.curation import load_curation
load_curation(sys.argv[1])
heavy = {"PIL", "simplejpeg", "soundfile", "soxr", "torch", "onnxruntime", "sagemaker"}
print(sorted(heavy & set(sys.modules)))
"""


@pytest.mark.parametrize("name", NAMES)
def test_partition_and_key_are_columns(name):
    curation = load_curation(name)
    assert {curation.partition, curation.key} <= curation.columns.keys()


@pytest.mark.parametrize("name", NAMES)
def test_it_imports_nothing_that_glue_lacks(name):
    done = subprocess.run([sys.executable, "-c", LIGHT, name], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
