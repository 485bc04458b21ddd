"""The audit log, as admins read it."""

from server.admin.queries.audit import PAGE_ENTRIES


async def test_a_look_at_a_session_is_there_with_whose_it_was(admin, coordinator, pair):
    booking = await pair.booking()
    await coordinator.get(f"/history/{booking.id}")
    await admin.get("/admin/audit")
    assert admin.status == 200
    [row] = [row for row in admin.text.split("<tr") if f'href="/history/{booking.id}"' in row]
    assert all(f"<bdi>{name}</bdi>" in row for name in ("coordinator", "Maya", "Sam"))
    assert "Looked at a catch-up" in row


async def test_what_the_command_line_did_is_there_too(admin):
    await admin.get("/admin/audit")
    assert "The server, or its command line" in admin.text
    assert "Signed in" in admin.text


async def test_older_entries_are_on_the_next_page(admin, pair):
    booking = await pair.booking()
    for _ in range(PAGE_ENTRIES + 1):
        await admin.get(f"/history/{booking.id}")
    await admin.get("/admin/audit")
    assert admin.text.count("Looked at a catch-up") == PAGE_ENTRIES
    older = admin.text.partition("/admin/audit?before=")[2].partition('"')[0]
    await admin.get(f"/admin/audit?before={older}")
    assert (admin.status, "Looked at a catch-up" in admin.text) == (200, True)
