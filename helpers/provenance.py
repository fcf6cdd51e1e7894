"""The raw data behind shards, versions and endpoint; refuses stale shards, makes none."""

import re
from collections import Counter

import pandas as pd
from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.manifest import BadManifest, Manifest, load_manifest
from helpers.registry import versions
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.uploads import RawRecord, all_records, check_raw, load_record

COLUMNS = ["what", "made of", "what becomes of it"]


def current_manifest(config: Config) -> Manifest:
    """Return the manifest of the shards, if they were made from the present raw data.

    Raises:
        BadManifest: there are no shards, or the raw data was changed after they were made; the
            message names the notebook that makes them.
        LookupError: the raw data was not uploaded, or not completely.
    """
    manifest = load_manifest(S3Prefix(client(config, "s3"), config.uri("shards")))
    if manifest.sources.get("fingerprint") != check_raw(config).fingerprint:
        raise BadManifest(
            f"{config.uri('shards')} was made before {config.uri('raw')} was changed: "
            "run notebooks/04 again"
        )
    return manifest


def what_was_made(config: Config) -> pd.DataFrame:
    """Return the results of this and other raw data: a row each, with its source and its use."""
    record = load_record(config)
    rows = [_raw(config, record), *_others(config), *_tables(config), _shards(config, record)]
    rows += [*_versions(config), *_endpoint(config)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _raw(config: Config, record: RawRecord | None) -> tuple[str, str, str]:
    where = f"{config.key('raw')}/"
    if record is None:
        return where, "nothing yet", "notebook 01 uploads it"
    state = "this is what all notebooks read" if record.fingerprint else "notebook 01 goes on"
    return where, _words(record), state


def _others(config: Config) -> list[tuple[str, str, str]]:
    """Return rows for the raw data of other sources, which has its own prefixes."""
    kept = "it stays, with its shards and tables, and is not read"
    return [
        (f"{config.home}raw/{folder}/", _words(record), kept)
        for folder, record in all_records(config)
        if folder != config.folder and re.fullmatch(rf"{config.dataset}(-.+)?", folder)
    ]


def _words(record: RawRecord) -> str:
    objects = f"{record.objects:,} objects" + ("" if record.fingerprint else ", not finished")
    return f"{record.source}, {objects}"


def _tables(config: Config) -> list[tuple[str, str, str]]:
    """Return a row for the Parquet files, which record no source: they are always made anew."""
    prefix = S3Prefix(client(config, "s3"), config.uri("tables"))
    if next(prefix.list(), None) is None:
        return []
    made_of = f"{config.source}, as it was when 02 was run last"
    return [(f"{config.key('tables')}/", made_of, "notebook 02 makes them anew")]


def _shards(config: Config, record: RawRecord | None) -> tuple[str, str, str]:
    where = f"{config.key('shards')}/"
    try:
        manifest = load_manifest(S3Prefix(client(config, "s3"), config.uri("shards")))
    except BadManifest:
        return where, "nothing yet", "notebook 04 makes them"
    made_of = f"{manifest.sources.get('count', '?')} objects of {config.source}"
    if record and record.fingerprint == manifest.sources.get("fingerprint"):
        return where, made_of, "they are of the raw data as it is"
    return where, f"{made_of}, as it was before", "05 refuses them; notebook 04 makes them anew"


def _versions(config: Config) -> list[tuple[str, str, str]]:
    """Return a row for each source of registered versions, which are never changed."""
    counts = Counter(version.source for version in versions(config))
    return [
        (
            f"{count} registered version{'s' if count > 1 else ''}",
            source,
            "they are compared with and deployed"
            if source == config.source
            else "they stay, and are neither compared with nor deployed",
        )
        for source, count in sorted(counts.items())
    ]


def _endpoint(config: Config) -> list[tuple[str, str, str]]:
    """Return a row for the endpoint, which keeps its version until notebook 08 updates it."""
    number = _served(config)
    if number is None:
        return []
    sources = {version.number: version.source for version in versions(config)}
    source = sources.get(number, "a version that is not registered any more")
    fate = "it goes on"
    if source != config.source:
        fate = "it goes on answering with the classes of that data, until 08 is run on this"
    return [(f"endpoint {config.name}, version {number}", source, fate)]


def _served(config: Config) -> int | None:
    """Return the number of the version that the endpoint serves, None without one."""
    sagemaker = client(config, "sagemaker")
    try:
        description = sagemaker.describe_endpoint(EndpointName=config.name)
        name = description["EndpointConfigName"]
        variants = sagemaker.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
    except ClientError as error:
        if "Could not find" not in str(error):
            raise
        return None
    numbers = [re.search(r"-version-(\d+)$", variant["ModelName"]) for variant in variants]
    return next((int(number[1]) for number in numbers if number), None)
