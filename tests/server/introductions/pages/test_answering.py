"""Answering by forms: yes, no, thanks, and not being asked again."""


async def test_two_yeses_then_thanks_then_it_stays_here(introduced, mentor, mentee, pair):
    path, lena = introduced
    await lena.get(path)
    await lena.post(f"{path}/answer", answer="yes")
    assert (lena.path, "You said yes." in lena.text, pair.sam_email in lena.text) == (path, True, False)
    assert "You said yes" in (await lena.get("/home")).text
    await mentee.get(path)
    assert "You said yes" not in mentee.text
    await mentee.post(f"{path}/answer", answer="yes")
    assert f'<a href="mailto:{pair.sam_email}"' in (await lena.get(path)).text
    assert ("Lena" in mentee.text, 'href="mailto:lena' in mentee.text) == (True, True)
    await mentor.get(path)
    assert ("Both said yes." in mentor.text, "mailto:" in mentor.text) == (True, False)
    assert 'action="/mentorships/' in mentor.text
    await mentee.post(f"{path}/thanks")
    assert "You go on by yourselves" in mentee.text
    assert "They thank you" in (await mentor.get(path)).text
    await lena.get(path)
    await lena.post(f"{path}/answer", answer="no")
    for who in (lena, mentee):
        await who.get(path)
        assert ("has ended" in who.text, "mailto:" in who.text) == (True, False)
    assert "Both said yes." in (await mentor.get(path)).text
    await lena.post(f"{path}/answer", answer="yes")
    assert (lena.status, "This introduction is over." in lena.text) == (409, True)
    assert "Agreed to an introduction" in (await lena.get("/me/choices")).text


async def test_a_no_can_become_a_yes(introduced, mentee):
    path, _ = introduced
    await mentee.get(path)
    await mentee.post(f"{path}/answer", answer="no")
    assert ("nobody is told" in mentee.text, "Yes, introduce us" in mentee.text) == (True, True)
    assert "You have not chosen anything yet." in (await mentee.get("/me/choices")).text
    await mentee.get(path)
    await mentee.post(f"{path}/answer", answer="yes")
    await mentee.post(f"{path}/answer", answer="no")
    assert "Took a yes to an introduction back" in (await mentee.get("/me/choices")).text


async def test_a_page_that_said_something_else_is_shown_again(introduced, mentee):
    path, _ = introduced
    await mentee.get(path)
    await mentee.post(f"{path}/answer", answer="yes", wording="an older one")
    assert (mentee.status, "Yes, introduce us" in mentee.text) == (409, True)


async def test_not_being_asked_again_is_for_the_third_person(introduced, mentee):
    path, lena = introduced
    await mentee.get(path)
    await mentee.post(f"{path}/block", blocked="yes")
    assert "You are not asked for introductions any more." in mentee.text
    await mentee.post(f"{path}/block", blocked="")
    assert "Do not ask me again" in mentee.text
    await lena.get(path)
    assert (await lena.post(f"{path}/block", blocked="yes")).status == 404
