"""Payloads that a client should not send: damaged, forged, gigantic, odd; made from a seed."""

import base64
import io
import json
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import soundfile
from PIL import Image

from tests.made_shards import photo
from tests.sounds import chirp, hush

LARGEST = 6 * 2**20
"""Bytes of InvokeEndpoint's largest request."""
SOUNDS = {
    "audio/wav": ("WAV", "PCM_16", 22_050), "audio/flac": ("FLAC", "PCM_16", 32_000),
    "audio/ogg": ("OGG", "VORBIS", 44_100), "audio/mpeg": ("MP3", "MPEG_LAYER_III", 48_000),
}  # fmt: skip


class Payload(NamedTuple):
    """One request, and what its answer has to be: "4xx", or "any" that is no 5xx."""

    name: str
    body: bytes
    content_type: str
    answer: str = "any"


def sound(wave: np.ndarray, kind: str = "audio/wav", **other: object) -> bytes:
    """Return a wave as a file of a content type."""
    container, subtype, rate = SOUNDS[kind]
    how = {"samplerate": rate, "format": container, "subtype": subtype, **other}
    how["channels"] = wave.shape[1] if wave.ndim == 2 else 1
    with soundfile.SoundFile(out := io.BytesIO(), "w", **how) as file:
        for at in range(0, len(wave), 32_000):  # libsndfile crashes on minutes of OGG at once
            file.write(wave[at : at + 32_000])
    return out.getvalue()


def picture(container: str = "PNG", mode: str = "RGB", side: int = 64, **how: object) -> bytes:
    """Return a picture of noise in any of Pillow's containers and modes."""
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    Image.fromarray(noise).convert(mode).save(out := io.BytesIO(), container, **how)
    return out.getvalue()


def clips() -> dict[str, bytes]:
    """Return a good clip of each content type."""
    stereo = np.stack([chirp(2) + hush(2), hush(2)], 1)
    return {kind: sound(stereo, kind) for kind in SOUNDS}


def photos() -> dict[str, bytes]:
    """Return good photos of each content type."""
    turned = Image.Exif()
    turned[0x0112] = 6
    return {
        "image/jpeg": photo(1, np.random.default_rng(0)),
        "image/png": picture(),
        "image/jpeg; progressive": picture("JPEG", progressive=True),
        "image/jpeg; turned": picture("JPEG", exif=turned),
        "image/png; gray": picture(mode="L"),
    }


def cut(good: dict[str, bytes], rng: np.random.Generator, count: int) -> Iterator[Payload]:
    """Yield files that end too early."""
    for number in range(count):
        kind, body = list(good.items())[number % len(good)]
        share = rng.uniform(0, 0.8)
        yield Payload(f"cut {number}", body[: max(1, int(share * len(body)))], kind, "4xx")


def mutated(good: dict[str, bytes], rng: np.random.Generator, count: int) -> Iterator[Payload]:
    """Yield files with flipped, missing, doubled or foreign bytes, in their heads mostly."""
    for number in range(count):
        kind, body = list(good.items())[number % len(good)]
        data = bytearray(body)
        for _ in range(rng.integers(1, 6)):
            at = int(len(data) * rng.random() ** 3)
            size = int(rng.integers(1, 9))
            match int(rng.integers(5)):
                case 0:
                    data[at : at + size] = rng.bytes(size)
                case 1:
                    del data[at : at + size]
                case 2:
                    data[at:at] = data[at : at + 50 * size]
                case 3:
                    data[at : at + size] = b"\xff" * size
                case 4:
                    data[at : at + 4] = struct.pack("<I", int(rng.integers(2**32)))
        yield Payload(f"mutated {number}", bytes(data), kind)


def forged(good: dict[str, bytes], others: dict[str, bytes]) -> Iterator[Payload]:
    """Yield files under another type, or under none that there is."""
    for kind in good:
        for other, body in others.items():
            yield Payload(f"{other} as {kind}", body, kind, "4xx")
        for other, body in good.items():
            yield Payload(f"{other} as {kind}", body, kind)
    body = next(iter(good.values()))
    for kind in ("", "application/octet-stream", "text/csv", "a" * 5000, "image", "audio/", "\0"):
        yield Payload(f"as {kind[:30]!r}", body, kind, "4xx")


def foreign(kind: str) -> Iterator[Payload]:
    """Yield what is no media at all."""
    heads = {
        "gif": picture("GIF", "P"), "webp": picture("WEBP"), "bmp": picture("BMP"),
        "tiff": picture("TIFF"), "html": b"<!doctype html><p>No such key</p>", "pdf": b"%PDF-1.7\n",
        "zip": b"PK\x03\x04" + bytes(60), "gzip": zlib.compress(bytes(10**6)),
        "riff": b"RIFF\xff\xff\xff\xffWAVE", "aiff": b"FORM\0\0\0\x04AIFF",
        "flac head": b"fLaC\0\0\0\x22" + bytes(34), "soi": b"\xff\xd8\xff",
        "id3": b"ID3\x04" + bytes(9), "au": b".snd" + bytes(20), "text": b"hello " * 9,
    }  # fmt: skip
    for name, body in heads.items():
        yield Payload(name, body, kind, "4xx")
    for byte in (0, 10, 255):
        yield Payload(f"one byte {byte}", bytes([byte]), kind, "4xx")
    yield Payload("empty", b"", kind, "4xx")
    yield Payload("zeros", bytes(LARGEST + 1), kind, "4xx")
    noise = np.random.default_rng(1).bytes(LARGEST + 1)
    yield Payload("noise", noise, kind, "4xx")


def waves() -> Iterator[Payload]:
    """Yield clips that are well formed, with odd sound inside."""
    level, wav = chirp(1), "audio/wav"
    for name, wave in {
        "nan": level * np.nan, "inf": level + np.float32(np.inf),
        "one nan": np.where(np.arange(32000) == 9, np.nan, level), "1e38": level * np.float32(1e38),
        "silence": level * 0, "one sample": level[:1], "no sample": level[:0],
        "100 samples": level[:100],
    }.items():  # fmt: skip
        yield Payload(name, sound(wave.astype(np.float32), wav, subtype="FLOAT"), wav, "4xx")
    for name, wave in {"dc": level * 0 + 1, "loud": level * 900, "faint": level * 1e-2}.items():
        yield Payload(name, sound(wave, wav, subtype="FLOAT"), wav)
    noise = np.random.default_rng(2).uniform(-1, 1, (2000, 500)).astype(np.float32)
    yield Payload("500 channels", sound(noise, wav), wav)
    for rate in (1, 100, 4000, 11_025, 192_000, 2**31 - 1):
        yield Payload(f"{rate} Hz", sound(level, wav, samplerate=rate), wav)
    for subtype in ("PCM_U8", "PCM_24", "PCM_32", "DOUBLE", "ULAW", "IMA_ADPCM", "GSM610"):
        yield Payload(subtype, sound(level, wav, subtype=subtype), wav)
    flac = bytearray(sound(np.zeros(8000, np.float32), "audio/flac"))
    flac[21:26] = b"\x0f\xff\xff\xff\xff"  # 2**36 samples, which a read of the head would allocate
    yield Payload("a year by its head", bytes(flac), "audio/flac", "4xx")
    hour = sound(np.zeros(3600 * 8000, np.float32), "audio/flac", samplerate=8000)
    yield Payload("an hour of silence in some KB", hour, "audio/flac", "4xx")


def pictures() -> Iterator[Payload]:
    """Yield photos that are well formed, of odd kinds and sizes."""
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        array = Image.fromarray(np.full((64, 64), 40_000, np.uint16))
        if mode != "I;16":
            yield Payload(f"png {mode}", picture(mode=mode), "image/png", "200")
            continue
        array.save(out := io.BytesIO(), "PNG")
        yield Payload("png of 16 bits", out.getvalue(), "image/png", "200")
    for mode in ("L", "CMYK", "YCbCr"):
        yield Payload(f"jpeg {mode}", picture("JPEG", mode), "image/jpeg", "200")
    clear = Image.new("RGBA", (64, 64), (1, 2, 3, 0))
    clear.save(out := io.BytesIO(), "PNG")
    yield Payload("a transparent png", out.getvalue(), "image/png", "4xx")
    for side in (1, 31, 32, 3000):
        yield Payload(f"side {side}", picture("JPEG", side=side), "image/jpeg")
    for width, height in ((60_000, 60_000), (2**31 - 1, 1), (0, 64), (2**31, 2**31), (4999, 4999)):
        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        bomb = zlib.compress(bytes(10**7))
        png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", bomb)
        yield Payload(f"bomb {width}x{height}", png + _chunk(b"IEND", b""), "image/png", "4xx")
    text = _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(10**8)))
    good = picture()
    yield Payload("a bomb of text", good[:33] + text + good[33:], "image/png")
    jpeg = picture("JPEG")
    size = jpeg.index(b"\xff\xc0") + 5
    vast = jpeg[:size] + struct.pack(">HH", 65_500, 65_500) + jpeg[size + 4 :]
    yield Payload("a vast jpeg", vast, "image/jpeg", "4xx")
    scans = picture("JPEG", side=1500, progressive=True)
    at = scans.rindex(b"\xff\xda")
    many = scans[:-2] + scans[at:-2] * 500 + scans[-2:]
    yield Payload("a jpeg of 500 scans", many, "image/jpeg", "4xx")


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def batches(good: dict[str, bytes]) -> Iterator[Payload]:
    """Yield bodies of JSON that are no batch, and batches with odd objects."""
    kind, body = next(iter(good.items()))
    data = base64.b64encode(body).decode()
    whole = {"content_type": kind, "data": data}
    for text in (
        b"{", b"null", b"[]", b"{}", b'"x"', b"1e999", b"NaN", b"[" * 10**5, b'{"a":' * 10**5,
        b"9" * 10**5, b"\xff\xfe", b'{"instances": 3}', b'{"instances": "\\ud800"}', b"\0", b" ",
        json.dumps({"instances": [whole] * 257}).encode(), b'{"instances": []}',
    ):  # fmt: skip
        yield Payload(f"json {text[:20]!r}", text, "application/json", "4xx")
    for odd in (
        None, [], 7, {}, {"data": None}, {"data": "\ud800"}, {"data": "===="}, {"data": data[:-3]},
        {**whole, "content_type": None}, {**whole, "content_type": "\ud800"}, {**whole, "more": 1},
        {"data": base64.b64encode(bytes(10)).decode()},
        {**whole, "data": data[: len(data) // 8 * 4]},
    ):  # fmt: skip
        text = json.dumps({"instances": [whole, odd]}).encode()
        yield Payload(f"an odd object {str(odd)[:20]!r}", text, "application/json", "half")


def payloads(dataset: str, seed: int = 0, mutations: int = 100) -> list[Payload]:
    """Return the hostile payloads of a data set, the same for the same seed."""
    rng = np.random.default_rng(seed)
    good, others = (clips(), photos()) if dataset == "birds" else (photos(), clips())
    odd = waves() if dataset == "birds" else pictures()
    kind = next(iter(good))
    return [
        *foreign(kind), *odd, *forged(good, others), *batches(good), *cut(good, rng, 60),
        *mutated(good, rng, mutations),
    ]  # fmt: skip
