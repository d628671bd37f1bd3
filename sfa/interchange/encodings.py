"""Bytes to text: which encoding a file is in, and what is no text at all."""

from __future__ import annotations

import codecs
from itertools import pairwise

from sfa.errors import InvalidInput, Msg, msg

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHEET = msg("Open it in the spreadsheet program and save it as CSV.")
_MAGIC: tuple[tuple[bytes, str, Msg], ...] = (
    (b"PK\x03\x04", "XLSX, ODS or ZIP", _SHEET),
    (b"\xd0\xcf\x11\xe0", "XLS", _SHEET),
    (b"%PDF", "PDF", msg("Export the data as CSV.")),
    (b"\x89PNG", "PNG", msg("Export the data as CSV.")),
    (b"\xff\xd8\xff", "JPEG", msg("Export the data as CSV.")),
    (b"GIF8", "GIF", msg("Export the data as CSV.")),
    (b"\x1f\x8b", "GZIP", msg("Unpack it first.")),
    (b"7z\xbc\xaf", "7Z", msg("Unpack it first.")),
    (b"Rar!", "RAR", msg("Unpack it first.")),
    (b"SQLite format 3\x00", "SQLite", msg("Export the table as CSV.")),
    (b"\x7fELF", "program", msg("Export the data as CSV.")),
)
_SAMPLE = 65_536
_COMMON_SHARE = 0.9
_WESTERN = frozenset(range(0xC0, 0x100)) | frozenset(
    b"\x80\x85\x91\x92\x93\x94\x96\x97\xa0\xa3\xa7\xa9\xab\xae\xb0\xb4\xb7\xbb"
)


def decode(content: bytes, name: str, *, encoding: str | None = None) -> tuple[str, str]:
    """Return the text and the encoding's name.

    Without ``encoding``: a byte order mark decides, else UTF-8 when it fits, UTF-16
    when every other byte is zero, GB18030 when it gives common characters, then a
    western encoding, then the guess of charset-normalizer.

    Raises:
        InvalidInput: the bytes are no text, or not in the encoding that was given.
    """
    _refuse_other_files(content, name)
    if encoding:
        return _decode_as(content, name, encoding), encoding
    for mark, marked in _BOMS:
        if content.startswith(mark):
            return _decode_as(content, name, marked), marked
    wide = _unmarked_utf16(content)
    if wide:
        return _decode_as(content, name, wide), wide
    if b"\x00" in content:
        raise InvalidInput(
            name, msg("it is a binary file, not a table of text."), hint=msg("Export the data as CSV.")
        )
    return _decode_plain(content, name)


def _refuse_other_files(content: bytes, name: str) -> None:
    for magic, kind, hint in _MAGIC:
        if content.startswith(magic):
            raise InvalidInput(name, msg("it is a binary file ({kind}), not CSV."), hint=hint, kind=kind)


def _decode_as(content: bytes, name: str, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise InvalidInput(
            name,
            msg("there is no encoding {encoding!r}."),
            hint=msg("Try utf-8, gb18030 or cp1252."),
            encoding=encoding,
        ) from None
    except UnicodeDecodeError as error:
        raise InvalidInput(
            name,
            msg("byte {place} is not valid {encoding}."),
            hint=msg("Name the encoding with --encoding, for example gb18030."),
            place=error.start,
            encoding=encoding,
        ) from None


def _unmarked_utf16(content: bytes) -> str | None:
    """Return which UTF-16 the bytes are in, going by where the zero bytes of Latin text lie."""
    sample = content[:_SAMPLE]
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.3 and even < half * 0.02:
        return "utf-16-le"
    if even > half * 0.3 and odd < half * 0.02:
        return "utf-16-be"
    return None


def _decode_plain(content: bytes, name: str) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if text and _reads_as_chinese(text):
        return text, "gb18030"
    if _reads_as_western(content):
        return _western(content)
    return _guessed(content, name)


def _reads_as_chinese(text: str) -> bool:
    """Say whether nearly all characters beyond ASCII are in GB 2312, as in real Chinese text.

    Western bytes read as GB18030 give rare characters that are not.
    """
    beyond = [character for character in text[:_SAMPLE] if character > "\x7f"]
    common = 0
    for character in beyond:
        try:
            common += len(character.encode("gb2312")) == 2
        except UnicodeEncodeError:
            continue
    return bool(beyond) and common >= _COMMON_SHARE * len(beyond)


def _reads_as_western(content: bytes) -> bool:
    """Say whether the bytes above ASCII are few, letters or quotes, and mostly stand alone."""
    sample = content[:_SAMPLE]
    high = [place for place, byte in enumerate(sample) if byte > 0x7F]
    letters = sum(sample[place] in _WESTERN for place in high)
    paired = sum(after - before == 1 for before, after in pairwise(high))
    return letters >= 0.95 * len(high) and paired <= 0.2 * len(high) and len(high) < 0.3 * len(sample)


def _western(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _guessed(content: bytes, name: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes  # heavy, and only odd files come here

    best = from_bytes(content[:_SAMPLE]).best()
    if best is not None:
        try:
            return content.decode(best.encoding), best.encoding
        except UnicodeDecodeError:
            pass
    raise InvalidInput(
        name,
        msg("its encoding cannot be told."),
        hint=msg("Name it with --encoding, for example big5 or shift_jis."),
    )
