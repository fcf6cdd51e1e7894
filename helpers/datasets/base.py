"""The interface of a data set, with all differences between data sets; no S3, no torch, no figures.

Notebooks, jobs and endpoints use this interface only. Members for notebooks alone (drawing, tables,
making and fetching data) import their packages inside, so a job's image does not need them.
"""

from abc import ABC, abstractmethod
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from helpers.datasets.task import Task
from helpers.samples import Inputs, Record, Relation, Remark, Sample
from helpers.samples import Unreadable as Unreadable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

    from helpers.datasets.fetching import Fetched, Internet
    from helpers.datasets.questions import Questions


class Dataset(ABC):
    """A data set; each defines the attributes without a value here, and the abstract methods.

    The other members have a default, which suits most data sets.
    """

    name: str
    """Its name for `load_dataset`; part of keys, and stored in manifests and models."""
    title: str
    """For headings and figures, such as 'Bird song'."""
    media_prefix: str
    """Folder of the raw media below the raw prefix: `train_audio`, `bin-images`."""
    content_types: tuple[str, ...]
    """Content types that an endpoint accepts, without parameters; the first is the usual one."""
    stores: tuple[str, ...]
    """Names of the storage formats of samples; the first is the default."""
    task: Task
    """The task of its models, and their scores."""
    training_defaults: Mapping[str, object]
    """Default hyperparameters, for the sample data: `model`, `batch_size`, and any field of
    training/options.py. They suit a laptop: one to three minutes on two cores."""
    panel: tuple[float, float]
    """Width and height, in inches, of one sample's panel in a figure."""

    labels: tuple[str, ...] | None = None
    """All classes, in order; None for the sorted labels of the records."""
    minimum_accuracy: float = 0.0
    """Minimum test accuracy of a model of the sample data."""
    seeks_copies: bool = False
    """Whether the data has copies with different bytes, which `survey` and `relate` find."""
    request: Record = Record("request", "request", label="", groups=())
    """The record that `samples` gets for an endpoint's request, which has no metadata."""
    request_seconds: float = 1800.0
    """Seconds of sound that one request may have: more takes longer than an endpoint waits."""

    # Raw data

    @abstractmethod
    def make_sample(self, folder: Path, *, seed: int = 0, **sizes: int) -> dict[str, list[str]]:
        """Write a small, deterministic, realistic raw data set into `folder`.

        Args:
            sizes: numbers of objects; each data set names its own.

        Returns:
            Names of the raw objects with a deliberate fault, by kind of fault.

        Raises:
            FileExistsError: `folder` holds other raw data.
        """

    def as_batch(
        self, files: Mapping[str, bytes], name: str, read: Callable[[str], bytes]
    ) -> dict[str, bytes]:
        """Return a small raw data set's files as further objects of a large one, under new ids.

        Args:
            name: what the new ids begin with.
            read: returns an object of the large one: a table of all records gets further rows.
        """
        return {renamed(key, name): data for key, data in files.items()}

    @abstractmethod
    def ingest(self, source: Path, folder: Path) -> list[Remark]:
        """Copy a folder of the user's own files into `folder`, in this data set's layout.

        Returns:
            The files that are left out, with the reasons.

        Raises:
            ValueError or FileNotFoundError: `source` has no usable file; the message says what
                is expected.
        """

    def fetch_flags(self) -> dict[str, dict]:
        """Return the flags of helpers/fetch.py that select the objects to fetch.

        Returns:
            {flag: keyword arguments of argparse's `add_argument`}.
        """
        return {}

    def fetch(self, folder: Path, options: Namespace, internet: "Internet") -> "Fetched":
        """Fetch the published data set; objects that are there already are kept.

        Args:
            options: `threads` (parallel requests), and the flags of `fetch_flags`.

        Raises:
            LookupError: it is not published.
            ConnectionError: no object at all could be fetched.
        """
        raise LookupError(f"{self.title} is not published: give a folder of your own files")

    # Metadata

    @abstractmethod
    def ddl(self, database: str, table: str, location: str) -> str:
        """Return the Hive DDL of an external table over the metadata JSON files at `location`."""

    @abstractmethod
    def questions(self) -> "Questions":
        """Return notebook 02's questions about that table: SQL, figures and findings."""

    @abstractmethod
    def records(
        self, keys: Iterable[str], read: Callable[[str], bytes]
    ) -> tuple[list[Record], list[Remark]]:
        """Return all records, sorted by id, and the remarks on objects set aside.

        Args:
            keys: all keys below the raw prefix.
            read: returns the bytes of a key; it may be called from several threads.

        Raises:
            FileNotFoundError: the metadata is missing; the message names the notebook to run.
        """

    # Samples

    def survey(self, data: bytes) -> bytes:
        """Return the finding on one raw object that `relate` needs; called if it `seeks_copies`.

        Raises:
            Unreadable: the object gives no sample; `relate` gets b"" for it.
        """
        return b""

    def relate(self, records: list[Record], findings: dict[str, bytes]) -> list[Relation]:
        """Return the relations of records that repeat others, from the findings by id."""
        return []

    @abstractmethod
    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        """Clean one raw object and cut it into samples in the format `store`.

        Raises:
            Unreadable: the object gives no sample; the message says why.
            ValueError: `store` is not one of `stores`.
        """

    @abstractmethod
    def decode(self, data: bytes) -> np.ndarray:
        """Return a stored sample's media as an array of one fixed shape and integer dtype."""

    def inputs(self, data: bytes, store: str) -> Inputs:
        """Clean and cut a request's raw object as `samples` does, and decode it at once.

        A data set overrides it where that is possible without encoding the samples first.

        Raises:
            Unreadable: the object gives no sample; the message says why.
        """
        samples = self.samples(self.request, data, store)
        starts = [sample.meta.get("start") for sample in samples]
        spans = None if None in starts else [(start, None) for start in starts]
        return Inputs([self.decode(sample.media) for sample in samples], spans)

    def features(self, data: bytes) -> Mapping[str, float]:
        """Return what monitoring measures of a raw object as it came, by name.

        A data set overrides it with what its medium can tell; any object has a size.

        Raises:
            Unreadable: nothing can be measured; the message says why.
        """
        return {"kilobytes": len(data) / 1000}

    def shifts(self) -> Mapping[str, Callable[[bytes, np.random.Generator], bytes]]:
        """Return changes of raw objects for rehearsals of drift, by name: bytes to bytes."""
        return {}

    def warm_up(self) -> None:
        """Load what `inputs` needs, so that no request waits for it."""
        return  # most need nothing

    def resized(self, size: int | None) -> Self:
        """Return the data set with samples decoded at `size` pixels a side, if they are photos."""
        return self

    # Display of samples in a notebook

    def label_names(self, records: Iterable[Record]) -> dict[str, str]:
        """Return labels in words, such as `3 items`, for those labels whose code tells too little.

        Args:
            records: what the words may be taken from.
        """
        return {}

    @abstractmethod
    def draw(self, data: bytes, *, title: str, axes: "Axes") -> "AxesImage | None":
        """Draw one raw object, or a stored sample, with a title.

        Returns:
            The image whose colors stand for numbers, all on one scale; None where they are a photo.
        """

    @abstractmethod
    def player(self, data: bytes) -> object:
        """Return an object that a notebook displays for one sample: a photo, an audio player."""


def renamed(key: str, name: str) -> str:
    """Return a key whose file's name begins with a name."""
    folder, slash, file = key.rpartition("/")
    return f"{folder}{slash}{name}-{file}"
