"""Whether all is up."""

import json

ORIGIN = "https://elsewhere.example"


async def test_all_up(nobody):
    await nobody.get("/healthz")
    assert nobody.status == 200
    assert json.loads(nobody.text) == {"pages": True, "database": True, "relay": True}


async def test_who_names_another_origin_learns_the_right_one(nobody):
    async with nobody.session.get(f"{nobody.base_url}/healthz", headers={"Origin": ORIGIN}) as answer:
        assert (await answer.json())["base_url"] == nobody.base_url
    async with nobody.session.get(f"{nobody.base_url}/healthz", headers={"Origin": nobody.base_url}) as answer:
        assert "base_url" not in await answer.json()
