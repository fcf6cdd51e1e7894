"""A third data set, for tests: tones of three pitches, made on the spot; no other file knows it."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from helpers.datasets.base import Dataset
from helpers.datasets.task import Task
from helpers.media import audio
from helpers.samples import Record, Remark, Sample, Unreadable

HERTZ = {"low": 500, "middle": 2000, "high": 8000}
DDL = """CREATE EXTERNAL TABLE `{}`.`{}` (id string, pitch string, instrument int)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION '{}'"""


def tone(pitch: str, rng: np.random.Generator) -> bytes:
    """Return 5 s of FLAC with a tone of about this pitch in noise."""
    time = np.arange(audio.WINDOW) / audio.SAMPLE_RATE
    wave = np.sin(2 * np.pi * HERTZ[pitch] * rng.uniform(0.9, 1.1) * time)
    return audio.encode((0.3 * wave + rng.normal(0, 0.01, len(wave))).astype(np.float32), "flac")


class Tones(Dataset):
    """`tones/<id>.flac` beside `metadata/<id>.json`; an instrument's tones stay together."""

    name = "tones.dataset"
    title = "Tones"
    media_prefix = "tones"
    content_types = ("audio/flac",)
    stores = ("flac",)
    training_defaults = {"model": "audio-resnet-small", "batch_size": 6, "epochs": 2}
    panel = (4.6, 1.5)
    task = Task(
        purpose="name the pitch of a tone",
        unit="tones",
        uses="To test the course.",
        limits=("It knows three pitches.",),
        risk="A test passes that should not.",
        caveat="Nobody has published anything.",
    )

    def make_sample(self, folder: Path, *, seed: int = 0, **sizes: int) -> dict[str, list[str]]:
        rng = np.random.default_rng(seed)
        for part in (self.media_prefix, "metadata"):
            (folder / part).mkdir(parents=True)
        for n in range(sizes.get("tones", 36)):
            row = {"id": f"t{n:03d}", "pitch": list(HERTZ)[n % 3], "instrument": n // 3}
            (folder / "metadata" / f"t{n:03d}.json").write_text(json.dumps(row))
            data = tone(row["pitch"], rng) if n else b"silence"
            (folder / self.media_prefix / f"t{n:03d}.flac").write_bytes(data)
        return {"no tone": ["t000"]}

    def ingest(self, source: Path, folder: Path) -> list[Remark]:
        shutil.copytree(source, folder)
        return []

    def ddl(self, database: str, table: str, location: str) -> str:
        return DDL.format(database, table, location)

    def questions(self):
        from helpers.datasets.questions import Questions

        kin = "SELECT pitch AS label, count(*) OVER (PARTITION BY instrument) - 1 AS kin FROM {raw}"
        return Questions("SELECT id, pitch AS label FROM {raw}", kin, "instrument", ())

    def records(
        self, keys: Iterable[str], read: Callable[[str], bytes]
    ) -> tuple[list[Record], list[Remark]]:
        rows = [json.loads(read(key)) for key in sorted(keys) if key.startswith("metadata/")]
        return [
            Record(row["id"], f"tones/{row['id']}.flac", row["pitch"], (f"i{row['instrument']}",))
            for row in rows
        ], []

    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        if not data.startswith(b"fLaC"):
            raise Unreadable("no FLAC")
        meta = {"label": record.label, "source": record.media}
        return [Sample(record.id, data, store, meta)]

    def decode(self, data: bytes) -> np.ndarray:
        return audio.load_wave(data)

    def draw(self, data: bytes, *, title: str, axes) -> None:
        axes.plot(self.decode(data)[:500])
        axes.set_title(title)

    def player(self, data: bytes) -> object:
        from IPython.display import Audio

        return Audio(data)


DATASET = Tones()
