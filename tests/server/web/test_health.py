"""Whether all is up."""

import json


async def test_all_up(nobody):
    await nobody.get("/healthz")
    assert nobody.status == 200
    assert json.loads(nobody.text) == {"pages": True, "database": True, "relay": True}
