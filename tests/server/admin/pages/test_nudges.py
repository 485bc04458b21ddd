"""The button that reminds a mentor."""


async def test_a_mentor_is_reminded_once_a_week(coordinator, pair):
    await coordinator.get("/admin/overview")
    await coordinator.post(f"/admin/mentorships/{pair.mentorship_id}/nudge")
    assert (coordinator.path, "The reminder is on its way to the mentor." in coordinator.text) == (
        "/admin/overview",
        True,
    )
    await coordinator.post(f"/admin/mentorships/{pair.mentorship_id}/nudge")
    assert (coordinator.status, "reminded this week already" in coordinator.text) == (409, True)
