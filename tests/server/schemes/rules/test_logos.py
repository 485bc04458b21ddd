"""Which pictures are taken: by what they are, not by what they are called."""

import pytest

from server.errors import InvalidInput
from server.schemes.rules.logos import LOGO_LIMIT, PNG, logo_type


def test_png_jpeg_and_webp_are_taken():
    assert [logo_type(each + b"x") for each in (PNG, b"\xff\xd8\xff", b"RIFF1234WEBP")] == [
        "image/png",
        "image/jpeg",
        "image/webp",
    ]


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"GIF89a", b"", PNG + b"x" * LOGO_LIMIT])
def test_others_are_refused(content):
    with pytest.raises(InvalidInput) as refused:
        logo_type(content)
    assert refused.value.field == "logo"
