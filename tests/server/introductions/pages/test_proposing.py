"""A mentor proposes an introduction with a form, and takes it back."""

import re

from server.introductions.rules.proposals import MOST_WAITING

FIELDS = {
    "third_name": "Ana",
    "third_email": "ana.elsewhere@example.org",
    "for_mentee": "A cook.",
    "for_third": "Hungry.",
}


async def test_it_is_proposed_from_the_mentorships_page(mentor, pair):
    base = f"/mentorships/{pair.mentorship_id}"
    await mentor.get(base)
    assert "Introduce Sam to somebody" in mentor.text
    await mentor.get(f"{base}/introductions/new")
    assert (mentor.status, "Whom should Sam meet?" in mentor.text) == (200, True)
    assert "Somebody you are in a mentorship with" not in mentor.text
    await mentor.post(f"{base}/introductions", **FIELDS)
    assert mentor.path.startswith("/introductions/")
    for part in ("bring Sam and Ana together", "A cook.", "Hungry.", FIELDS["third_email"]):
        assert part in mentor.text
    assert "Waits until both have said yes" in (await mentor.get(base)).text
    [path] = re.findall(r'href="(/introductions/\d+)"', mentor.text)
    await mentor.get(path)
    await mentor.post(f"{mentor.path}/withdrawal")
    assert "did not come about" in mentor.text
    assert "Did not come about" in (await mentor.get(base)).text


async def test_others_of_the_mentors_mentorships_can_be_chosen(mentor, pair):
    lena = await pair.another_mentee()
    path = f"/mentorships/{pair.mentorship_id}/introductions"
    await mentor.get(f"{path}/new")
    assert f'<option value="{lena.mentorship_id}"' in mentor.text
    await mentor.post(path, **FIELDS | {"third": str(lena.mentorship_id), "third_name": "", "third_email": ""})
    assert "bring Sam and Lena together" in mentor.text


async def test_what_is_wrong_is_said_beside_what_was_typed(mentor, pair):
    path = f"/mentorships/{pair.mentorship_id}/introductions"
    await mentor.get(f"{path}/new")
    for wrong, said in (
        ({"third_name": ""}, "Please enter a name."),
        ({"third_email": "ana"}, "Please enter an email address"),
        ({"third_email": pair.maya_email.upper()}, "This is your own email address."),
        ({"for_third": " "}, "Please write a few words."),
        ({"third": "x"}, "Please choose one from the list."),
    ):
        await mentor.post(path, **FIELDS | wrong)
        assert (mentor.status, said in mentor.text) == (422, True)
        assert wrong.keys() == {"third"} or "A cook." in mentor.text


async def test_a_mentorship_that_comes_to_rest_meanwhile_brings_the_form_back(mentor, mentee, pair):
    base = f"/mentorships/{pair.mentorship_id}"
    await mentor.get(f"{base}/introductions/new")
    await mentee.get(f"{base}/rest")
    await mentee.post(f"{base}/pause")
    await mentor.post(f"{base}/introductions", **FIELDS)
    assert (mentor.status, "Your mentorship is paused or has ended" in mentor.text) == (409, True)
    assert all(typed in mentor.text for typed in FIELDS.values())


async def test_too_many_at_once(mentor, pair):
    path = f"/mentorships/{pair.mentorship_id}/introductions"
    await mentor.get(f"{path}/new")
    for number in range(MOST_WAITING + 1):
        await mentor.post(path, **FIELDS | {"form": f"form {number}"})
    assert (mentor.status, "each one takes people" in mentor.text) == (409, True)


async def test_the_mentee_has_no_such_page(mentee, pair):
    base = f"/mentorships/{pair.mentorship_id}"
    assert "Introduce Maya" not in (await mentee.get(base)).text
    assert (await mentee.get(f"{base}/introductions/new")).status == 404
    assert (await mentee.post(f"{base}/introductions", **FIELDS)).status == 404
