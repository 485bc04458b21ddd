"""Taking a break, going on and ending, by plain forms."""


async def test_a_break_and_back(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    await mentee.get(f"{path}/rest")
    assert "you need not give a reason" in mentee.text
    await mentee.post(f"{path}/pause", words="Exams.")
    assert (mentee.path, "This mentorship is paused" in mentee.text) == (path, True)
    await mentor.get(path)
    assert "Exams." in mentor.text
    await mentor.post(f"{path}/resumption")
    assert "This mentorship is paused" not in mentor.text


async def test_an_end_is_seen_by_the_scheme_without_the_words(mentor, mentee, coordinator, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    await mentee.get(f"{path}/rest")
    await mentee.post(f"{path}/ending", words="I found work.")
    assert "This mentorship has ended" in mentee.text
    assert "I found work." in (await mentor.get(path)).text
    assert "Offer a catch-up" not in mentor.text
    await coordinator.get(f"/admin/people/{pair.sam.id}")
    assert (">ended<" in coordinator.text, "I found work" in coordinator.text) == (True, False)
    await coordinator.get("/admin")
    assert ("Maya and Sam" in coordinator.text, "I found work" in coordinator.text) == (True, False)
    await mentor.post(f"{path}/resumption")
    assert (mentor.status, "Only your scheme can bring" in mentor.text) == (409, True)
    await mentee.get(f"{path}/rest")
    await mentee.post(f"{path}/pause")
    assert mentee.status == 409


async def test_the_call_of_what_is_called_off_ends(mentee, pair):
    booking = await pair.booking()
    path = f"/mentorships/{pair.mentorship_id}"
    await mentee.get(f"{path}/rest")
    assert "Is called off" in mentee.text
    await mentee.post(f"{path}/ending", bookings="call_off")
    assert "Called off" in (await mentee.get(f"/bookings/{booking.id}")).text
