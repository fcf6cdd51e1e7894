"""Write a benchmark's samples in a peer's own format; run with the interpreter that has the peer.

python -m benchmarks.stream_formats litdata|mds FOLDER
"""

import json
import sys
from pathlib import Path


def samples(folder: Path) -> list[tuple[bytes, int]]:
    """Return (media, label) of the single objects of a kind."""
    paths = sorted((folder / "objects").iterdir())
    return [(path.read_bytes(), int(path.stem.split("-")[1])) for path in paths]


def write_litdata(folder: Path) -> None:
    """Write litdata's chunks."""
    import litdata

    pairs = samples(folder)
    litdata.optimize(
        fn=_same,
        inputs=pairs,
        output_dir=str(folder / "litdata"),
        chunk_bytes="16MB",
        num_workers=1,
        verbose=False,
    )


def _same(pair: tuple[bytes, int]) -> tuple[bytes, int]:
    """Return the pair unchanged, for litdata to store."""
    return pair


def write_mds(folder: Path) -> None:
    """Write mosaicml's MDS shards."""
    from streaming import MDSWriter

    columns = {"media": "bytes", "label": "int"}
    out = str(folder / "mds")
    with MDSWriter(out=out, columns=columns, size_limit=16 << 20) as writer:
        for media, label in samples(folder):
            writer.write({"media": media, "label": label})


if __name__ == "__main__":
    {"litdata": write_litdata, "mds": write_mds}[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"samples": len(samples(Path(sys.argv[2])))}))
