"""A scanner for strings that were planted in what goes in, to be looked for in what comes out, however it is packed.

It opens archives, compressed streams, data addresses and fonts, reads UTF-8 and UTF-16, and undoes percent signs,
entities and escapes. What it cannot read it does not pass over: it raises `Unreadable`.
"""

import base64
import binascii
import gzip
import html
import io
import re
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from fontTools.ttLib import TTFont

BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\U([0-9a-fA-F]{8})")
STREAM = re.compile(rb"<<(.*?)>>\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
PDF_HEX = re.compile(rb"<([0-9A-Fa-f\s]+)>")
UNSEEN = dict.fromkeys([0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
DEEPEST = 8


class Unreadable(Exception):
    """Something of which it cannot be said whether it holds a planted string."""


def found(name: str, data: bytes, planted: Iterable[str]) -> set[str]:
    """Which planted strings a file holds, anywhere within it; raises `Unreadable`."""
    wanted = {one: _plain(one) for one in planted}
    return {one for text in _texts(name, data, 0) for one, plain in wanted.items() if plain in text}


def _texts(name: str, data: bytes, depth: int) -> Iterator[str]:
    """Every text within some bytes, without what nobody sees, in small letters."""
    if depth > DEEPEST:
        raise Unreadable(f"{name}: packed deeper than {DEEPEST} times")
    for inner, unpacked in _unpacked(name, data):
        yield from _texts(inner, unpacked, depth + 1)
    text = _decoded(name, data)
    if text is None:
        return
    yield from map(_plain, _readings(text))
    for place in BASE64.finditer(text.encode()):
        try:
            yield from _texts(f"{name}, base64", base64.b64decode(place[0], validate=True), depth + 1)
        except (binascii.Error, Unreadable):
            if text.encode()[max(0, place.start() - 7) : place.start()] == b"base64,":
                raise Unreadable(f"{name}: a data address that cannot be read") from None


def _unpacked(name: str, data: bytes) -> list[tuple[str, bytes]]:
    """What an archive, a compressed stream, a font or a PDF holds; nothing for anything else."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [(member, member.encode()) for member in archive.namelist()]
            return names + [(f"{name}/{member}", archive.read(member)) for member in archive.namelist()]
    if data[:2] == b"\x1f\x8b":
        return [(f"{name}, unzipped", gzip.decompress(data))]
    if data[:4] in (b"wOFF", b"\x00\x01\x00\x00", b"OTTO"):
        written = io.StringIO()
        TTFont(io.BytesIO(data)).saveXML(written, tables=["name"])
        return [(f"{name}, names of the font", written.getvalue().encode())]
    if data[:5] == b"%PDF-":
        return list(_of_pdf(name, data))
    if data[:1] == b"\x78" and data[1:2] in b"\x01\x5e\x9c\xda":
        return [(f"{name}, inflated", zlib.decompress(data))]
    return []


def _of_pdf(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The streams of a PDF, and what stands in them as hexadecimal; its letters must not be numbers of a font's own."""
    streams = []
    for head, stream in STREAM.findall(data):
        if b"/Filter" in head and b"/FlateDecode" not in head:
            raise Unreadable(f"{name}: a stream that is packed in a way of its own")
        streams.append(zlib.decompress(stream) if b"/FlateDecode" in head else stream)
    if any(b"/Type0" in part or b"/Encrypt" in part for part in (data, *streams)):
        raise Unreadable(f"{name}: a PDF whose letters are numbers of its fonts, or that is locked")
    for number, stream in enumerate(streams):
        yield f"{name}, stream {number}", stream
        for digits in PDF_HEX.findall(stream):
            whole = re.sub(rb"\s", b"", digits)
            yield f"{name}, hexadecimal", bytes.fromhex((whole + b"0" * (len(whole) % 2)).decode())
    yield f"{name}, around its streams", STREAM.sub(b"", data).replace(b"%PDF-", b"", 1)


def _decoded(name: str, data: bytes) -> str | None:
    """The text that some bytes are; None for what was unpacked already."""
    if (
        data[:4] in (b"PK\x03\x04", b"wOFF", b"\x00\x01\x00\x00", b"OTTO")
        or data[:2] == b"\x1f\x8b"
        or data[:5] == b"%PDF-"
    ):
        return None
    if data[:1] == b"\x78" and data[1:2] in b"\x01\x5e\x9c\xda" and b"\x00" in data:
        return None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    if data and data[1::2].count(0) > len(data) / 5:
        return data.decode("utf-16-le")
    if data and data[::2].count(0) > len(data) / 5:
        return data.decode("utf-16-be")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{name}: neither text nor anything that is known") from None
    if "\x00" in text:
        raise Unreadable(f"{name}: neither text nor anything that is known")
    return text


def _readings(text: str) -> Iterator[str]:
    """A text as it stands, and with percent signs, entities and escapes undone, twice over."""
    for _ in range(3):
        yield text
        undone = html.unescape(
            urllib.parse.unquote(ESCAPE.sub(lambda sign: chr(int(next(filter(None, sign.groups())), 16)), text))
        )
        if undone == text:
            return
        text = undone


def _plain(text: str) -> str:
    """A text as it is compared: composed, without signs that nobody sees, white space folded, small."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(UNSEEN).split()).casefold()
