"""The one interface of a data set: all that tells one from another; no S3, no torch, no figures.

Notebooks, jobs and endpoints are written once, against this. What only notebooks need (drawing,
tables, making and fetching data) is imported inside its member: no job's image needs its packages.
"""

from abc import ABC, abstractmethod
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from helpers.datasets.task import Task
from helpers.samples import Record, Relation, Remark, Sample
from helpers.samples import Unreadable as Unreadable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

    from helpers.datasets.fetching import Fetched, Internet
    from helpers.datasets.questions import Questions


class Dataset(ABC):
    """A data set of the course; attributes without a value here, and abstract methods, are its own.

    All others have a default, which is right for a data set without that peculiarity.
    """

    name: str
    """By which `load_dataset` finds it; part of keys, and kept in manifests and models."""
    title: str
    """For headings and figures, such as 'Bird song'."""
    media_prefix: str
    """Folder of the raw media below the raw prefix: `train_audio`, `bin-images`."""
    content_types: tuple[str, ...]
    """What an endpoint for this data set accepts, without parameters; the first is the usual."""
    stores: tuple[str, ...]
    """Ways a sample can lie in a shard; the first is the default."""
    task: Task
    """What its models do, and how they are scored."""
    training_defaults: Mapping[str, object]
    """Hyperparameters for the sample data where train.py is given none: `model`, `batch_size`, and
    any field of training/options.py. They fit a laptop: one to three minutes on two cores."""
    panel: tuple[float, float]
    """Width and height, in inches, of one sample's picture among others."""

    labels: tuple[str, ...] | None = None
    """All classes, in order; None for those that the records have, sorted."""
    minimum_accuracy: float = 0.0
    """Test accuracy that the sample data's model is promised to reach."""
    seeks_copies: bool = False
    """Whether copies hide behind other bytes, so that `survey` and `relate` look for them."""
    request: Record = Record("request", "request", label="", groups=())
    """What `samples` is told of an object that comes to an endpoint, without metadata."""

    # Raw data

    @abstractmethod
    def make_sample(self, folder: Path, *, seed: int = 0, **sizes: int) -> dict[str, list[str]]:
        """Write a small, deterministic, believable raw data set below `folder`.

        Args:
            sizes: how much of what; each data set says of what.

        Returns:
            Names of the raw objects that have a fault on purpose, by kind of fault.

        Raises:
            FileExistsError: `folder` holds other raw data.
        """

    @abstractmethod
    def ingest(self, source: Path, folder: Path) -> list[Remark]:
        """Lay out a folder of the user's own files below `folder` as this data set has them.

        Returns:
            The files that are left out, and why.

        Raises:
            ValueError or FileNotFoundError: `source` holds nothing that it can use.
        """

    def fetch_flags(self) -> dict[str, dict]:
        """Return the flags of helpers/fetch.py by which one chooses what to fetch.

        Returns:
            By flag, the settings of argparse's `add_argument`.
        """
        return {}

    def fetch(self, folder: Path, options: Namespace, internet: "Internet") -> "Fetched":
        """Bring the real data set from where it is published; what is there already is kept.

        Args:
            options: `threads` (parallel requests), and those of `fetch_flags`.

        Raises:
            LookupError: it is published nowhere.
            ConnectionError: nothing at all could be had.
        """
        raise LookupError(f"{self.title} is published nowhere: give a folder of your own files")

    # Metadata

    @abstractmethod
    def ddl(self, database: str, table: str, location: str) -> str:
        """Return the Hive DDL of an external table over the metadata JSON files at `location`."""

    @abstractmethod
    def questions(self) -> "Questions":
        """Return what notebook 02 asks of that table in SQL, and how it looks at the answers."""

    @abstractmethod
    def records(
        self, keys: Iterable[str], read: Callable[[str], bytes]
    ) -> tuple[list[Record], list[Remark]]:
        """Return all records, sorted by id, and what is set aside.

        Args:
            keys: all keys below the raw prefix.
            read: returns the bytes of one; it may be called from several threads.

        Raises:
            FileNotFoundError: what everything rests on is missing; it names the notebook to run.
        """

    # Samples

    def survey(self, data: bytes) -> bytes:
        """Return what `relate` has to know of one raw object; asked where it `seeks_copies`.

        Raises:
            Unreadable: the object gives no sample; `relate` gets b"" for it.
        """
        return b""

    def relate(self, records: list[Record], findings: dict[str, bytes]) -> list[Relation]:
        """Return which records repeat others, by what `survey` has said of each id."""
        return []

    @abstractmethod
    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        """Clean one raw object and cut it into samples, stored as `store` says.

        Raises:
            Unreadable: the object gives no sample; the message says why.
            ValueError: `store` is not one of `stores`.
        """

    @abstractmethod
    def decode(self, data: bytes) -> np.ndarray:
        """Return a stored sample's media as an array of one fixed shape and integer dtype."""

    def resized(self, size: int | None) -> Self:
        """Return the data set with samples decoded at `size` pixels a side, if they have sides."""
        return self

    # Looking at samples, in a notebook

    def label_names(self, records: Iterable[Record]) -> dict[str, str]:
        """Return labels in words, such as `3 items`, for those labels whose code tells too little.

        Args:
            records: what the words may be taken from.
        """
        return {}

    @abstractmethod
    def draw(self, data: bytes, *, title: str, axes: "Axes") -> "AxesImage | None":
        """Draw one raw object, or a stored sample, under its title.

        Returns:
            The image whose colors stand for numbers, all on one scale; None where they are a photo.
        """

    @abstractmethod
    def player(self, data: bytes) -> object:
        """Return what a notebook displays of one sample as it is: a picture, something to play."""
