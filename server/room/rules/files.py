"""Which files may be kept: of a kind that is known by its content, not too large, and without programs in it.

They are only ever handed out as downloads. Still, nobody should be sent what a computer runs when it is opened.
"""

import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_

FILE_LIMIT = 10_000_000
FILES_LIMIT = 100_000_000
NAME_LIMIT = 120
MACROS = "vbaproject.bin"


class FilesFull(DomainError):
    sentence = N_("There is no room for more files in this catch-up. Remove one first.")


def checked_name(name: str, content: bytes) -> str:
    """The file's name, without a path and without letters that could hide what it is.

    Raises InvalidInput when the file is empty, too large, or not of the kind that its name says.
    """
    if not content:
        raise InvalidInput("file", N_("This file is empty."))
    if len(content) > FILE_LIMIT:
        raise InvalidInput("file", N_("This file is larger than 10 MB."))
    name = _plain(name)
    stem, _, ending = name.rpartition(".")
    is_kind = KINDS.get(ending.lower())
    if not stem or is_kind is None or not is_kind(content):
        raise InvalidInput("file", N_("Please choose a PDF, a picture, a text or an office document without macros."))
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"


def _plain(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" and letter not in '"<>:|?*')
    return " ".join(seen.split()).lstrip(".")


def _begins(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters other than line ends and tabs."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text)


def _has_part(part: str) -> Callable[[bytes], bool]:
    """Whether it is a zip archive with this part, as office documents are, and has no macros."""

    def is_kind(content: bytes) -> bool:
        try:
            names = [name.lower() for name in zipfile.ZipFile(BytesIO(content)).namelist()]
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        macros = any(name.endswith(MACROS) or name.startswith("basic/") for name in names)
        return part in names and not macros

    return is_kind


KINDS: Mapping[str, Callable[[bytes], bool]] = {
    "pdf": _begins(b"%PDF-"),
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "webp": _is_webp,
    **dict.fromkeys(("txt", "md", "csv", "ics"), _is_text),
    "docx": _has_part("word/document.xml"),
    "xlsx": _has_part("xl/workbook.xml"),
    "pptx": _has_part("ppt/presentation.xml"),
    **dict.fromkeys(("odt", "ods", "odp"), _has_part("content.xml")),
}
