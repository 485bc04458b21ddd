"""Whether all is up."""

import json

from server.i18n import catalog
from server.web import health


async def test_all_up(nobody):
    await nobody.get("/healthz")
    assert nobody.status == 200
    assert json.loads(nobody.text) == {"pages": True, "database": True, "relay": True}


async def test_missing_files_are_named(nobody, monkeypatch, tmp_path):
    monkeypatch.setattr(health, "NEEDED", (*health.NEEDED, ("static", "**/*.none")))
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    (tmp_path / "ar.po").touch()
    await nobody.get("/healthz")
    assert nobody.status == 503
    missing = ["static/**/*.none", "de.po"]
    assert json.loads(nobody.text) == {"pages": False, "database": True, "relay": True, "missing": missing}
