"""The page of an introduction as each of its three sees it, and the lists that lead to it."""


async def test_each_reads_what_is_for_them(introduced, mentor, mentee, stranger):
    path, lena = introduced
    for who, words, hidden in ((lena, "He reads a lot.", "She writes."), (mentee, "She writes.", "He reads a lot.")):
        await who.get("/home")
        assert ("An introduction by Maya" in who.text, "Waits for your answer" in who.text) == (True, True)
        await who.get(path)
        assert (who.status, words in who.text, hidden in who.text) == (200, True, False)
        assert "Yes, introduce us" in who.text
    assert ("Lena" in mentee.text, "Being asked again" in mentee.text) == (False, True)
    assert ("Being asked again" in lena.text, "Sam" in lena.text) == (False, False)
    await mentor.get(path)
    assert ("He reads a lot." in mentor.text, "She writes." in mentor.text) == (True, True)
    assert "Yes, introduce us" not in mentor.text
    assert (await stranger.get(path)).status == 404


async def test_a_stranger_is_not_told_to_wait_for_a_mentorship(introduced, mentee):
    await mentee.get("/home")
    assert "You are not in a mentorship" not in mentee.text
