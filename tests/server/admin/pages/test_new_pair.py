"""The form for a pair."""

PAIR = {
    "mentor_name": "Nour",
    "mentee_name": "Li",
    "mentor_email": "nour@pair.example",
    "mentee_email": "li@pair.example",
}


async def test_a_pair_is_added_by_a_coordinator(coordinator):
    await coordinator.get("/admin/pairs/new")
    await coordinator.post("/admin/pairs", **PAIR)
    assert (coordinator.status, "Nour and Li are a pair now." in coordinator.text) == (200, True)
    assert "/l/" not in coordinator.text


async def test_what_cannot_be_a_pair_is_said_beside_what_was_typed(coordinator, contents):
    await coordinator.get("/admin/pairs/new")
    before = await contents()
    await coordinator.post("/admin/pairs", **(PAIR | {"mentee_email": "li"}))
    assert (coordinator.status, 'value="Nour"' in coordinator.text) == (422, True)
    assert 'href="#mentee_email"' in coordinator.text
    await coordinator.post("/admin/pairs", **(PAIR | {"mentee_email": "NOUR@pair.example"}))
    assert (coordinator.status, "A mentorship needs two people." in coordinator.text) == (409, True)
    assert await contents() == before
