"""The house keeps its own rules: names, mirrored tests, empty packages, floors of dependencies."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path.relative_to(ROOT)
    for package in ("server", "signaling")
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py"
)
FORBIDDEN = {"utils", "common", "helpers", "base", "manager", "service", "misc"}

# Module: why it has no test file of its own.
SHOWN_ELSEWHERE = {
    "server/__main__.py": "two lines; every journey starts it",
    "server/app.py": "made and served by tests/server/web and by every journey",
    "server/keys.py": "names only",
    "server/domain/invitations.py": "fields only",
    "server/domain/letters.py": "fields only; tests/server/storage/test_letters.py reads them",
    "server/domain/visitors.py": "fields only",
    "server/storage/tables.py": "compared with the migrations in test_schema.py",
    "server/storage/catchups.py": "its door is tried by the actions' tests, from both sides",
    "server/storage/calendars.py": "tests/server/actions/test_calendars.py",
    "server/storage/choices.py": "tests/server/actions/test_ledger.py",
    "server/storage/media_checks.py": "tests/server/actions/test_media_check.py",
    "server/storage/links.py": "tests/server/actions/test_links.py and test_visits.py",
    "server/storage/offers.py": "tests/server/actions/test_offers.py",
    "server/storage/pauses.py": "tests/server/actions/test_answers.py",
    "server/storage/own_choices.py": "tests/server/actions/test_consents.py",
    "server/storage/people.py": "tests/server/actions/test_people.py",
    "server/storage/reports.py": "tests/server/actions/test_reports.py",
    "server/storage/sessions.py": "tests/server/actions/test_calls.py",
    "server/web/booking_phone.py": "tests/server/web/test_phone.py",
    "server/web/booking_reports.py": "tests/server/web/test_report.py",
    "server/web/ending.py": "tests/hostile/test_consent_gate.py, by each way of withdrawing",
    "server/web/forms.py": "tests/server/web/test_new_offer.py tries each field",
    "server/web/offer_form.py": "tests/server/web/test_new_offer.py sees forms come back",
    "signaling/events.py": "fields only",
    "signaling/news.py": "fields only",
    "signaling/relay_process.py": "tests/signaling/test_process.py speaks to it as a hub does",
    "signaling/seat.py": "fields only",
}


def mirror(module: Path) -> Path:
    return ROOT / "tests" / module.parent / f"test_{module.name}"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_each_module_has_its_test_or_a_reason(module: Path) -> None:
    assert mirror(module).exists() != (str(module) in SHOWN_ELSEWHERE)


def test_reasons_are_for_modules_that_exist() -> None:
    assert set(SHOWN_ELSEWHERE) <= {str(module) for module in MODULES}


def test_no_module_is_a_drawer() -> None:
    assert [module for module in MODULES if module.stem in FORBIDDEN] == []


def test_packages_are_empty() -> None:
    packages = [path for package in ("server", "signaling") for path in (ROOT / package).rglob("__init__.py")]
    assert [path for path in packages if path.read_text().strip()] == []


def test_files_fit_in_the_head() -> None:
    files = [*(ROOT / "static/js").rglob("*.js"), *(ROOT / "signaling").rglob("*.py")]
    assert [path.name for path in files if len(path.read_text().splitlines()) > 250] == []


def test_an_id_in_an_address_is_read_in_one_place() -> None:
    pages = (ROOT / "server/web").glob("*.py")
    assert [path.name for path in pages if 'match_info["id"]' in path.read_text()] == ["forms.py"]


def test_dependencies_have_their_floors() -> None:
    """W10: below these, known holes are open."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    floors = {re.match(r"[a-z0-9-]+", line)[0]: line for line in declared}
    assert floors["aiohttp"].startswith("aiohttp>=3.13.4")
    assert floors["aioice"].startswith("aioice>=0.13.0")
    assert floors["aiortc"].startswith("aiortc>=1.16")


def test_each_dependency_has_its_reason() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    reasons = (ROOT / "docs/dependencies.md").read_text()
    assert [line for line in declared if f"| {re.match(r'[a-z0-9-]+', line)[0]} |" not in reasons] == []


def test_exceptions_to_the_linter_carry_a_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("server", "signaling", "migrations")
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"# (noqa|type: ignore)[^ ]*(: [A-Z0-9, ]+)?\s*$", line)
    ]
    assert bare == []
