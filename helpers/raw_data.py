"""Makes or copies the configured raw data into a folder on this machine; uploads nothing."""

import atexit
import shutil
import tempfile
from pathlib import Path

from helpers.bucket import bucket_exists
from helpers.config import Config
from helpers.datasets import load_dataset
from helpers.s3 import download_prefix
from helpers.s3_uris import is_uri
from helpers.samples import Remark
from helpers.session import client


def raw_folder(config: Config) -> tuple[Path, list[Remark]]:
    """Return a folder with the raw data in the data set's layout, and the files left out.

    The sample data set is made; the user's own files (`COURSE_RAW`, a folder or an `s3://` prefix)
    are copied beside their metadata, bytes unchanged. The folder is deleted when the kernel ends.

    Raises:
        LookupError: there is no bucket for it yet.
        ValueError: the user's folder or prefix holds nothing that the data set can use.
    """
    if not bucket_exists(config):
        raise LookupError(f"No bucket {config.bucket}: run notebooks/00 first")
    folder = Path(tempfile.mkdtemp(prefix="course-raw-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    dataset = load_dataset(config.dataset)
    if not config.raw:
        dataset.make_sample(folder / "raw")
        return folder / "raw", []
    source = Path(config.raw)
    if is_uri(config.raw):
        source = folder / "source"
        if not download_prefix(client(config, "s3"), config.raw, source):
            raise ValueError(
                f"No object lies below {config.raw.rstrip('/')}/: set COURSE_RAW to a prefix that "
                "has your files below it, spelled as S3 lists it"
            )
    return folder / "raw", dataset.ingest(source, folder / "raw")
