"""The forms that pause a mentorship, end it and bring it back."""


async def test_a_mentorship_is_paused_and_brought_back(coordinator, mentor, pair):
    await coordinator.get(f"/admin/people/{pair.sam.id}")
    path = f"/admin/mentorships/{pair.mentorship_id}"
    await coordinator.post(f"{path}/pause", person=str(pair.sam.id))
    assert (coordinator.path, "The mentorship is paused." in coordinator.text) == (f"/admin/people/{pair.sam.id}", True)
    await mentor.get("/home")
    assert ("Your scheme has paused this mentorship." in mentor.text, "Offer a catch-up" in mentor.text) == (
        True,
        False,
    )
    await mentor.get(f"/mentorships/{pair.mentorship_id}/offers/new")
    assert (mentor.status, "paused or has ended" in mentor.text) == (409, True)
    await coordinator.post(f"{path}/pause")
    assert coordinator.status == 409
    await coordinator.post(f"{path}/resumption")
    assert "The mentorship goes on." in coordinator.text


async def test_what_was_agreed_is_called_off_with_it(coordinator, mentee, pair):
    booking = await pair.booking()
    await coordinator.get(f"/admin/people/{pair.maya.id}")
    assert "1 catch-up is agreed." in coordinator.text
    await coordinator.post(f"/admin/mentorships/{pair.mentorship_id}/ending", bookings="call_off")
    assert ("The mentorship has ended." in coordinator.text, "No catch-up is agreed." in coordinator.text) == (
        True,
        True,
    )
    await mentee.get(f"/bookings/{booking.id}")
    assert "Your scheme has called this catch-up off." in mentee.text
