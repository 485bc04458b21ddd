"""Templates stay readable: short lines, and one page each."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
# The answer to every refusal, of whatever page.
SHARED = {"web/error.html"}


def test_no_line_is_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 160
    ]
    assert long == []


def test_each_page_has_a_template_of_its_own() -> None:
    modules = [path.read_text() for path in (ROOT / "server").rglob("*.py")]
    rendered = Counter(name for text in modules for name in re.findall(r'"([a-z_/]+\.html)"', text))
    assert {name for name, times in rendered.items() if times > 1} == SHARED
    whole = {path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES if "{% extends" in path.read_text()}
    assert {name for name in whole if name.endswith(".html")} <= set(rendered)


def test_each_part_is_used() -> None:
    texts = [path.read_text() for path in TEMPLATES]
    parts = [path for path in TEMPLATES if path.parent.name == "parts"]
    assert parts
    assert [
        path.name for path in parts if not any(f'"{path.relative_to(ROOT / "templates")}"' in text for text in texts)
    ] == []
