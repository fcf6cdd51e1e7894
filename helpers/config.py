"""The settings of a run, from the environment, which no other module reads; makes no client."""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import telemetry
from helpers.account_settings import AccountSettings, read_settings
from helpers.boto_sessions import account_and_region, use_aws, use_local
from helpers.course_tag import PROJECT
from helpers.datasets import NAMES
from helpers.s3_uris import is_uri

if TYPE_CHECKING:
    from local_aws.control import Context, Settings

CLOUDS = ("local", "aws")
DATABASE = PROJECT.replace("-", "_")
"""Glue database of the sample data; other raw data adds a suffix to its name."""
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Config:
    """The settings of one run of the course; passed down, never changed."""

    cloud: str
    dataset: str
    region: str
    bucket: str
    role: str
    """Name of the execution role, not its ARN; notebook 00 makes it unless the account has one."""
    raw: str | None = None
    """Folder or S3 URI of the user's own raw data; None for the sample data set."""
    endpoint_url: str | None = None
    """Address of the local AWS; None on AWS itself."""
    poll_seconds: float = 10.0
    """Pause between two requests for a running job's state."""
    role_seconds: float = 15.0
    """Age from which each service sees a new role: IAM's changes take "a few seconds", AWS says."""
    account: AccountSettings = AccountSettings()
    """What a company's account prescribes."""
    transcript: Path | None = None
    """File to which the shapes of all calls are written (docs/evidence.md), or None."""
    notebook: str | None = None
    """Number of the notebook that runs, as far as its kernel was told; for the transcript."""

    @property
    def curated_bucket(self) -> str:
        """Bucket of the curated data: the course's second one, or a company's only one."""
        return self.bucket if self.account.bucket else f"{self.bucket}-curated"

    @property
    def source(self) -> str:
        """Name of the raw data: `sample`, or the last part of `raw` and a hash of all of it.

        It is part of every key and of the database's name. So results of two raw data sets never
        mix, and both stay when the user changes from one to the other and back.
        """
        if not self.raw:
            return "sample"
        location = self.raw.rstrip("/")
        words = re.findall("[a-z0-9]+", location.rpartition("/")[2].lower())
        number = hashlib.sha256(os.fsencode(location)).hexdigest()[:8]
        return "-".join(("-".join(words)[:20].strip("-"), number)).strip("-")

    @property
    def folder(self) -> str:
        """Folder of this raw data and of its results: `birds`, `birds-<source>`."""
        return f"{self.dataset}-{self.source}" if self.raw else self.dataset

    @property
    def database(self) -> str:
        """Glue database of the tables over this raw data."""
        return DATABASE if not self.raw else f"{DATABASE}_{self.source.replace('-', '_')}"

    @property
    def name(self) -> str:
        """Prefix of the names of all jobs, models and endpoints of this data set, of any source."""
        return f"{PROJECT}-{self.dataset}"

    def key(self, kind: str, *parts: str) -> str:
        """Return an S3 key below this raw data's folder of a kind, as `raw/birds/…`."""
        return "/".join((f"{self.home}{kind}", self.folder, *parts))

    @property
    def home(self) -> str:
        """Prefix of all keys of the course: empty in its own bucket, a folder in a company's."""
        prefix = f"{self.account.prefix}/" if self.account.prefix else ""
        return f"{prefix}{PROJECT}/" if self.account.bucket else ""

    def uri(self, kind: str, *parts: str) -> str:
        """Return the S3 URI of `key(kind, …)` in the course's bucket."""
        return f"s3://{self.bucket}/{self.key(kind, *parts)}"

    def __repr__(self) -> str:
        data = f"{self.dataset} of {self.source}" if self.raw else self.dataset
        return f"<Config: {data} on {self.cloud}, bucket {self.bucket}, {self.region}>"


def _choice(variable: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(variable) or allowed[0]
    if value not in allowed:
        raise ValueError(f"{variable}={value!r} is not known: set it to {' or '.join(allowed)}")
    return value


def local_settings() -> "Settings":
    """Return the local AWS's folder and port: `COURSE_LOCAL_STATE` and `COURSE_LOCAL_PORT`.

    With `COURSE_ENFORCE_IAM=1` it allows what docs/user-policy-*.json and the roles' policies do.
    """
    # Jobs import this module too, and their images lack the local AWS.
    from local_aws.control import DEFAULT_PORT, STATE_NAME, Settings

    state = Path(os.environ.get("COURSE_LOCAL_STATE") or ROOT / STATE_NAME)
    port = os.environ.get("COURSE_LOCAL_PORT") or str(DEFAULT_PORT)
    if not port.isdigit() or not 0 <= int(port) < 65536:
        raise ValueError(f"COURSE_LOCAL_PORT={port!r} is not a port: set a number below 65536")
    # The committed policies are those of the course's own names, which hold here.
    is_enforced = _choice("COURSE_ENFORCE_IAM", ("0", "1")) == "1"
    policies = sorted((ROOT / "docs").glob("user-policy-*.json")) if is_enforced else []
    return Settings(state.resolve(), int(port), tuple(policies))


def _raw_source() -> str | None:
    """Return `COURSE_RAW` as an S3 URI or an absolute folder that exists, or None."""
    raw = os.environ.get("COURSE_RAW")
    if not raw or is_uri(raw):
        return raw or None
    folder = Path(raw)
    # Kernels start in notebooks/, people type the path as seen from the project's root.
    candidates = [folder] if folder.is_absolute() else [ROOT / folder, folder.absolute()]
    for candidate in candidates:
        if candidate.is_dir():
            return str(candidate.resolve())
    raise FileNotFoundError(
        f"COURSE_RAW={raw!r} is not a folder: give a folder of recordings or photos, an s3:// URI, "
        "or unset it to use the sample data set"
    )


def _transcript() -> Path | None:
    """Return `COURSE_TRANSCRIPT` as an absolute path, or None.

    Kernels start in notebooks/, people type the path as seen from the project's root.
    """
    file = os.environ.get("COURSE_TRANSCRIPT")
    return (ROOT / file).resolve() if file else None


def _notebook() -> str | None:
    """Return the number of the running notebook, from the path that Jupyter tells its kernels."""
    name = Path(os.environ.get("JPY_SESSION_NAME", "")).name
    known = re.fullmatch(r"(\d\d)_\w+\.ipynb", name)
    return known[1] if known else None


def kaggle_credentials() -> tuple[str, str]:
    """Return user name and key of `KAGGLE_USERNAME` and `KAGGLE_KEY`, or of kaggle.json.

    The file is the one that kaggle.com/settings/account gives, in `KAGGLE_CONFIG_DIR` or
    `~/.kaggle`, as Kaggle's own client reads it.

    Raises:
        LookupError: neither is there.
    """
    name, key = os.environ.get("KAGGLE_USERNAME"), os.environ.get("KAGGLE_KEY")
    if name and key:
        return name, key
    folder = os.environ.get("KAGGLE_CONFIG_DIR")
    path = (Path(folder) if folder else Path.home() / ".kaggle") / "kaggle.json"
    try:
        token = json.loads(path.read_text())
        return token["username"], token["key"]
    except (OSError, ValueError, KeyError):
        raise LookupError(
            f"No Kaggle credentials in {path}: make a token at kaggle.com/settings/account and put "
            "it there, or set KAGGLE_USERNAME and KAGGLE_KEY"
        ) from None


def load_config() -> Config:
    """Read the environment and return the settings; on `local`, start the local AWS if need be.

    `COURSE_CLOUD` is `local` (default) or `aws`, `COURSE_DATASET` is `birds` (default) or `bins`,
    `COURSE_RAW` a folder or S3 prefix of the user's own raw data, `COURSE_TRANSCRIPT` a file for
    the shapes of all calls. account_settings.py has what a company's account may prescribe.

    Raises:
        ValueError: a variable has an unknown value; the message lists the known ones.
        FileNotFoundError: `COURSE_RAW` names no folder.
        RuntimeError: the local AWS could not be started; the message says why.
    """
    telemetry.switch_off()
    cloud, dataset, raw = (
        _choice("COURSE_CLOUD", CLOUDS),
        _choice("COURSE_DATASET", NAMES),
        _raw_source(),
    )
    account = read_settings(os.environ)
    role = account.role or f"{PROJECT}-execution"
    notes = {"transcript": _transcript(), "notebook": _notebook(), "account": account}
    if cloud == "aws":
        number, region = account_and_region()
        use_aws(region, account)
        bucket = account.bucket or _bucket(number, region)
        return Config(cloud, dataset, region, bucket, role, raw, **notes)
    server = _local_aws()
    # The SDKs make their own clients internally: all of them read the environment, and child
    # processes inherit it.
    os.environ.update(server.environment())
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    use_local(server.url, server.region, account)
    bucket = account.bucket or _bucket(server.account, server.region)
    local = {"endpoint_url": server.url, "poll_seconds": 0.5, "role_seconds": 5.0}
    return Config(cloud, dataset, server.region, bucket, role, raw, **local, **notes)


def _local_aws() -> "Context":
    """Return the running local AWS; start it if none answers."""
    from local_aws.control import PortBusy, ensure_running

    try:
        return ensure_running(local_settings())
    except PortBusy as error:
        raise RuntimeError(f"{error} with COURSE_LOCAL_PORT") from None


def _bucket(account: str, region: str) -> str:
    """Name the bucket after the account without showing its number."""
    return f"{PROJECT}-{hashlib.sha256(account.encode()).hexdigest()[:8]}-{region}"
