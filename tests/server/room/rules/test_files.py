"""A file is kept when its content is of the kind that its name says, and when nothing in it runs."""

import zipfile
from io import BytesIO

import pytest

from server.errors import InvalidInput
from server.room.rules.files import FILE_LIMIT, NAME_LIMIT, checked_name

PDF, PNG, JPEG = b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n...", b"\xff\xd8\xff\xe0..."


def archive(*names: str) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("plan.pdf", PDF, "plan.pdf"),
        ("Plan.PDF", PDF, "Plan.PDF"),
        ("photo.png", PNG, "photo.png"),
        ("photo.jpg", JPEG, "photo.jpg"),
        ("photo.jpeg", JPEG, "photo.jpeg"),
        ("photo.gif", b"GIF89a...", "photo.gif"),
        ("photo.webp", b"RIFF....WEBPVP8 ", "photo.webp"),
        ("list.txt", "Über uns: مرحبا\r\n".encode(), "list.txt"),
        ("cv.docx", archive("[Content_Types].xml", "word/document.xml"), "cv.docx"),
        ("cv.odt", archive("mimetype", "content.xml"), "cv.odt"),
        ("C:\\Users\\sam\\plan.pdf", PDF, "plan.pdf"),
        ("../../etc/plan.pdf", PDF, "plan.pdf"),
        # Marks that turn the reading direction could show another ending.
        ("plan\u202efdp.\u202cpdf", PDF, "planfdp.pdf"),
        ('a"b\r\nc.pdf', PDF, "abc.pdf"),
        ("x" * 300 + ".pdf", PDF, "x" * (NAME_LIMIT - 4) + ".pdf"),
    ],
)
def test_a_file_that_is_kept(name, content, kept):
    assert checked_name(name, content) == kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", b""),
        ("plan.pdf", b"<html><script>"),
        ("plan.pdf", b"%PDF-" + bytes(FILE_LIMIT)),
        ("plan", PDF),
        (".pdf", PDF),
        ("page.html", b"<html>"),
        ("page.svg", b"<svg>"),
        ("setup.exe", b"MZ"),
        ("photo.png", JPEG),
        ("list.txt", b"\x00\x01"),
        ("list.txt", b"\xff\xfe"),
        ("cv.docx", b"PK\x03\x04 broken"),
        ("cv.docx", archive("xl/workbook.xml")),
        ("cv.docx", archive("word/document.xml", "word/vbaProject.bin")),
        ("cv.odt", archive("content.xml", "Basic/Standard/Module1.xml")),
    ],
)
def test_a_file_that_is_refused(name, content):
    with pytest.raises(InvalidInput):
        checked_name(name, content)
