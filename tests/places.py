"""Where the project and the real data beside it lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "real"
"""Real recordings, photos and metadata; not part of the project, and not on every machine."""
