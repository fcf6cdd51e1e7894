"""Figures in the notebooks' prose that stand somewhere else too: each is the one that counts."""

import re

import pytest

from helpers import s3
from helpers.config import Config
from helpers.costs import ATHENA_MINIMUM_BYTES
from helpers.datasets import load_dataset
from helpers.roles import permissions
from helpers.sharding.splits import FRACTIONS
from local_aws.services.sagemaker.jobs import quotas
from scripts_process import shard
from tests.project.test_notebooks import read
from tools.notebooks import paths

PATHS = {path.stem[:2]: path for path in paths()}
WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
SMALL = {word: count for count, word in enumerate(WORDS)} | {"Sixteen": 16, "Ten": 10}
ALLOWED = permissions(Config("local", "birds", "us-east-1", "bucket", "role", None))
NEEDED = ["--dataset", "birds", "--raw", "raw", "--output", "out"]


def text(number, kind):
    return "\n".join(cell.source for cell in read(PATHS[number]).cells if cell.cell_type == kind)


def figure(number, pattern, kind="markdown"):
    """Return the figure of a sentence, or of a line of code, which stands there once."""
    (found,) = re.findall(pattern, text(number, kind))
    return SMALL[found] if found in SMALL else float(found)


@pytest.mark.parametrize(
    "number, pattern, counts",
    [
        ("00", r"a role with (\w+) permissions", len(ALLOWED)),
        ("00", r"permissions, (\w+) of them for this bucket alone",
         sum("arn:aws:s3:::bucket" in places[0] for _, places in ALLOWED.values())),
        ("00", r"The local AWS allows (\d+) instances", quotas.DEFAULT),
        ("01", r"(\w+) threads share the waiting", s3.THREADS),
        ("02", r"billed as (\d+) MB at least", ATHENA_MINIMUM_BYTES / 1e6),
        ("02", r"- (\w+) questions answered", len(load_dataset("birds").questions().all)),
        ("02", r"training takes (\d+) %", 100 * FRACTIONS["train"]),
        ("04", r"Above a share of (\d+) %", 100 * shard.parse_args(NEEDED).max_dropped),
        ("04", r"has up to (\d+) raw objects", shard.parse_args(NEEDED).records_per_shard),
        ("04", r"raw objects or (\d+) MB", shard.parse_args(NEEDED).shard_mb),
        ("04", r"lines are the aim: (\d+),", 100 * FRACTIONS["train"]),
        ("04", r"the aim: 70, (\d+) and 15 %", 100 * FRACTIONS["validation"]),
    ],
)  # fmt: skip
def test_a_figure_in_prose_is_the_one_that_counts(number, pattern, counts):
    assert figure(number, pattern) == counts


@pytest.mark.parametrize(
    "number, prose, code, times",
    [
        ("02", r"turn the small files into (\d+)", r"bucket_count = (\d+)", 1),
        ("02", r"in exactly (\d+) buckets", r"bucket_count = (\d+)", 1),
        ("04", r"our own cleaning script on (\w+) instances", r"instance_count=(\d+)", 1),
        ("05", r"one training job on (\w+) instances", r"instance_count=(\d+)", 1),
        ("04", r"the aim: (\d+), 15", r"aims=\((0\.\d+),", 100),
        ("05", r"(\w+) steps of the first epoch", r'"profile": (\d+)', 1),
        ("06", r"made short: (\w+) epochs", r'"epochs": (\d+)', 1),
        ("06", r"a tuning job of (\d+) trials", r"TRIALS = .*, (\d+)", 1),
        ("06", r"by (\d+) trials on a warm pool", r"TRIALS = .*, (\d+)", 1),
        ("06", r"stopped after (\d+) of", r"make_warm, (\d+),", 1),
        ("06", r"and (\d+) random searches", r"seeds=(\d+)", 1),
        ("06", r"the best of (\w+) tries", r"TRIALS = .*, (\d+)", 2),
        ("06", r"(\w+) at a time. It reads", r"max_parallel_jobs=(\d+)", 1),
        ("06", r"Each instance waits (\w+) minutes", r"keep_alive=(\d+)\)", 1 / 60),
        ("07", r"its worst (\d+) answers", r"predictions.worst\((\d+)\)", 1),
    ],
)
def test_a_figure_in_prose_is_that_of_the_cell(number, prose, code, times):
    assert figure(number, prose) == figure(number, code, "code") * times
