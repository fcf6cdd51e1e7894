"""Bird song behind the data set interface; knows BirdCLEF's layout, no S3 and no training.

train_metadata.csv            a row per recording, BirdCLEF's columns
taxonomy.csv                  a row per species
train_audio/<label>/<id>.ogg  the recordings
metadata/<id>.json            the row once more, as one line of JSON, for Athena
"""

import io
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from helpers.datasets.base import Dataset, renamed
from helpers.datasets.birds import copies, metadata
from helpers.datasets.birds.scores import TASK
from helpers.media import audio, recordings, sound_measures
from helpers.media.stored_mel import stored_mel
from helpers.samples import Inputs, Record, Relation, Remark, Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

    from helpers.datasets.fetching import Fetched, Internet
    from helpers.datasets.questions import Questions

_NPY = b"\x93NUMPY"


class Birds(Dataset):
    """Recordings of bird song, one primary species each."""

    name = "birds"
    title = "Bird song"
    media_prefix = metadata.AUDIO_PREFIX
    content_types = ("audio/ogg", "audio/wav", "audio/flac", "audio/mpeg")
    stores = ("ogg", "flac", "mel")
    """Sound, or its log-mel as an .npy file."""
    task = TASK
    training_defaults = {
        "model": "audio-resnet-small",
        "batch_size": 32,
        "epochs": 6,
        "optimizer": "muon",
        "lr": 0.02,
    }
    """With AdamW 12 epochs learned as much. The real set wants more, as a job's hyperparameters:
    `audio-resnet18`."""
    minimum_accuracy = 0.95
    panel = (4.6, 2.2)
    seeks_copies = True
    request = Record("request", "request", label="", groups=(), meta={"secondary_labels": []})

    def make_sample(self, folder: Path, *, seed: int = 0, **sizes: int) -> dict[str, list[str]]:
        """Write the sample (sizes: recordings, species, recordists); return its dirt by kind."""
        from helpers.datasets.birds.sample import make

        return make(Path(folder), seed=seed, **sizes)

    def ingest(self, source: Path, folder: Path) -> list[Remark]:
        """Copy the user's own recordings into the layout in `folder`; return the files left out.

        Raises:
            ValueError: `source` holds no recordings; the message says what is expected.
        """
        from helpers.datasets.birds.ingest import ingest

        return ingest(Path(source), Path(folder))

    def fetch_flags(self) -> dict[str, dict]:
        """Return the flag that selects one of BirdCLEF's competitions."""
        from helpers.datasets.birds.fetch import COMPETITION

        text = f"which of Kaggle's (default {COMPETITION})"
        return {"--competition": {"default": COMPETITION, "help": text}}

    def fetch(self, folder: Path, options: Namespace, internet: "Internet") -> "Fetched":
        """Download a competition's archive from Kaggle and unpack it.

        Raises:
            PermissionError: Kaggle refuses the credentials, or the rules are not accepted yet.
            ConnectionError: the download broke again and again; the next run continues it.
            ValueError: the archive is damaged, or is not BirdCLEF's.
        """
        from helpers.datasets.birds.fetch import fetch

        http = internet.kaggle_session()
        return fetch(http, folder, competition=options.competition, url=internet.kaggle)

    def ddl(self, database: str, table: str, location: str) -> str:
        """Return the Hive DDL of an external table over the metadata JSON files."""
        return metadata.ddl(database, table, location)

    def questions(self) -> "Questions":
        """Return notebook 02's questions about the recordings' metadata."""
        from helpers.datasets.birds.questions import QUESTIONS

        return QUESTIONS

    def records(
        self, keys: Iterable[str], read: Callable[[str], bytes]
    ) -> tuple[list[Record], list[Remark]]:
        """Return the recordings with a row and a file, by id, and remarks on those with only one.

        Raises:
            FileNotFoundError: there is no train_metadata.csv among the keys.
        """
        keys = set(keys)
        if metadata.CSV_KEY not in keys:
            raise FileNotFoundError(f"No {metadata.CSV_KEY} below the raw prefix: run notebook 01")
        rows = metadata.read_table(read(metadata.CSV_KEY))
        ids = metadata.recording_ids([row["filename"] for row in rows])
        records: dict[str, Record] = {}
        drops: list[Remark] = []
        for number, (id, row) in enumerate(zip(ids, rows, strict=True), 1):
            media = f"{self.media_prefix}/{row['filename']}"
            if not row["filename"].strip():
                drops.append(Remark(f"{metadata.CSV_KEY}, row {number}", "names no file: cut off"))
            elif reason := _fault(id, row, media, keys, records):
                drops.append(Remark(media, reason))
            else:
                records[id] = _record(id, row, media)
        known = {f"{self.media_prefix}/{row['filename']}" for row in rows}
        strays = sorted(k for k in keys if k.startswith(self.media_prefix + "/") and k not in known)
        drops += [Remark(key, f"no row in {metadata.CSV_KEY}") for key in strays]
        return [records[id] for id in sorted(records)], drops

    def as_batch(
        self, files: Mapping[str, bytes], name: str, read: Callable[[str], bytes]
    ) -> dict[str, bytes]:
        """Return a small raw data set's files under new ids, and the table with their rows.

        A batch that comes again replaces its rows.
        """
        rows = metadata.read_table(files[metadata.CSV_KEY])
        new = [{**row, "filename": renamed(row["filename"], name)} for row in rows]
        table = metadata.read_table(read(metadata.CSV_KEY))
        mine = {row["filename"] for row in new}
        kept = [row for row in table if row["filename"] not in mine]
        sounds = {key: data for key, data in files.items() if key.startswith(self.media_prefix)}
        text = metadata.write_table(new)
        return {
            **super().as_batch(sounds, name, read),
            metadata.CSV_KEY: metadata.write_table([*kept, *new]),
            **dict(metadata.json_files(text)),
        }

    def survey(self, data: bytes) -> bytes:
        """Return a recording's digest and fingerprint; see `copies.survey`."""
        return copies.survey(data)

    def relate(self, records: list[Record], findings: dict[str, bytes]) -> list[Relation]:
        """Return the recordings that repeat others; see `copies.relate`."""
        return copies.relate(records, findings)

    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        """Cut speech out of a recording and return its windows in the format `store`.

        Raises:
            Unreadable: the recording gives no sample; the message says why.
        """
        if store not in self.stores:
            raise ValueError(f"store is {store!r}: choose one of {', '.join(self.stores)}")
        cleaned = recordings.clean(data)
        return [
            Sample(
                key=f"{record.id}-{round(window.start * 1000)}",
                media=_stored(window.wave, store),
                extension="npy" if store == "mel" else store,
                meta={
                    "label": record.label,
                    "secondary_labels": record.meta["secondary_labels"],
                    "source": record.media,
                    "groups": list(record.groups),
                    "start": window.start,
                    "snr": window.snr,
                    "active": window.active,
                    **cleaned.measures,
                },
            )
            for window in recordings.windows(cleaned)
        ]

    def inputs(self, data: bytes, store: str) -> Inputs:
        """Cut speech out of a request's recording and return its windows, straight from the wave.

        Raises:
            Unreadable: the recording gives no sample; the message says why.
        """
        cleaned = recordings.clean(data, self.request_seconds)
        windows = recordings.windows(cleaned)
        waves = (audio.as_stored(window.wave) for window in windows)
        return Inputs(
            [stored_mel(wave) for wave in waves] if store == "mel" else [*waves],
            [(window.start, window.end) for window in windows],
            cleaned.measures,
        )

    def features(self, data: bytes) -> dict[str, float]:
        """Return level, noise, spectral shape, voice and faults of a recording.

        Raises:
            Unreadable: not readable audio, or too long.
        """
        return sound_measures.measure(data, self.request_seconds)

    def shifts(self) -> Mapping[str, Callable[[bytes, np.random.Generator], bytes]]:
        """Return rain, speech and another microphone."""
        from helpers.datasets.birds.shifts import SHIFTS

        return SHIFTS

    def warm_up(self) -> None:
        """Load the detector of speech."""
        recordings.speech_spans(np.zeros(audio.SAMPLE_RATE, np.float32), audio.SAMPLE_RATE)

    def decode(self, data: bytes) -> np.ndarray:
        """Return int16 of shape (160000,), or uint8 (64, 157) for a stored log-mel."""
        if data.startswith(_NPY):
            return np.load(io.BytesIO(data))
        return audio.load_wave(data)

    def label_names(self, records: Iterable[Record]) -> dict[str, str]:
        """Return each species' common name beside its code: `Barn Swallow (barswa)`."""
        names = {record.label: record.meta.get("common_name") for record in records}
        return {label: f"{n} ({label})" for label, n in names.items() if n and n != label}

    def draw(self, data: bytes, *, title: str, axes: "Axes") -> "AxesImage":
        """Draw a recording as its spectrogram."""
        from helpers.datasets.birds.drawing import draw

        return draw(data, title, axes)

    def player(self, data: bytes) -> object:
        """Return an audio player."""
        from helpers.datasets.birds.drawing import player

        return player(data)


def _fault(id: str, row: dict, media: str, keys: set[str], records: dict) -> str | None:
    """Return the fault of a row, or None."""
    if not row["primary_label"].strip():
        return "row without a primary_label"
    if id in records:
        return f"second row for {row['filename']}"
    return None if media in keys else f"row in {metadata.CSV_KEY} without its file"


def _record(id: str, row: dict[str, str], media: str) -> Record:
    meta = metadata.parse_row(row)
    author = meta["author"].casefold()
    groups = [f"recordist:{author}"] if author else []
    groups.append(f"recording:{id}")
    return Record(id, media, meta["primary_label"], tuple(groups), meta)


def _stored(wave: np.ndarray, store: str) -> bytes:
    """Return a window as bytes: sound, or the uint8 log-mel as an .npy file."""
    if store != "mel":
        return audio.encode(wave, store)
    np.save(out := io.BytesIO(), stored_mel(audio.as_stored(wave)))
    return out.getvalue()


DATASET = Birds()
