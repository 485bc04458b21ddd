"""Messages by plain forms: sent, refused, found, deleted; and no page of those who run the scheme shows them."""

import io
import re

from aiohttp import FormData


async def opened(guest, pair):
    return await guest.get(f"/mentorships/{pair.mentorship_id}")


async def test_one_writes_and_the_other_reads_and_finds_it(mentor, mentee, pair):
    await opened(mentee, pair)
    await mentee.post(f"/mentorships/{pair.mentorship_id}/messages", text="Grüße: https://example.org/plan")
    assert mentee.path == f"/mentorships/{pair.mentorship_id}"
    await opened(mentor, pair)
    assert '<a href="https://example.org/plan" rel="noopener noreferrer nofollow"' in mentor.text
    assert (">New<" in mentor.text, "Delete for both" in mentor.text) == (True, False)
    await mentor.post(f"/mentorships/{pair.mentorship_id}/messages/search", words="okapi")
    assert "0 messages were found." in mentor.text
    await mentor.post(f"/mentorships/{pair.mentorship_id}/messages/search", words="GRUSSE")
    assert "1 message was found." in mentor.text
    up_to = re.findall(r'name="up_to" value="(\d+)"', (await opened(mentor, pair)).text)[0]
    await mentor.post(f"/mentorships/{pair.mentorship_id}/messages/reading", up_to=up_to)
    assert ">New<" not in mentor.text
    [path] = re.findall(r"/messages/\d+/removal", (await opened(mentee, pair)).text)
    assert (await mentor.post(path)).status == 409
    await mentee.post(path)
    assert "Grüße" not in (await opened(mentor, pair)).text


async def test_what_is_refused_keeps_what_was_typed(mentee, pair):
    await opened(mentee, pair)
    await mentee.post(f"/mentorships/{pair.mentorship_id}/messages", text=" ")
    assert (mentee.status, "Please write something first." in mentee.text) == (422, True)
    await mentee.post(f"/mentorships/{pair.mentorship_id}/messages", text="long " * 2000)
    assert (mentee.status, "long long" in mentee.text) == (422, True)
    assert (await mentee.post(f"/mentorships/{pair.mentorship_id}/messages/notice", notice="hourly")).status == 400
    assert (await mentee.post(f"/mentorships/{pair.mentorship_id}/messages/reading", up_to="x")).status == 422


async def test_how_one_hears_of_new_ones_is_kept(mentee, pair):
    await opened(mentee, pair)
    await mentee.post(f"/mentorships/{pair.mentorship_id}/messages/notice", notice="daily")
    assert re.search(r'value="daily" checked', mentee.text)


async def test_a_file_is_only_ever_a_download(mentor, mentee, pair):
    await opened(mentee, pair)
    form = FormData({"csrf": mentee.hidden["csrf"], "form": "f", "text": ""}, quote_fields=False)
    form.add_field("file", io.BytesIO(b"%PDF-1.7 plan"), filename="Plan für Sam.pdf")
    path = f"{mentee.base_url}/mentorships/{pair.mentorship_id}/messages"
    async with mentee.session.post(path, data=form, headers={"Origin": mentee.base_url}) as answer:
        assert answer.status == 200
    [file] = re.findall(r"/messages/\d+/file", (await opened(mentor, pair)).text)
    await mentor.get(file)
    assert (mentor.text, mentor.headers["Content-Type"]) == ("%PDF-1.7 plan", "application/octet-stream")
    assert mentor.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Plan%20f%C3%BCr%20Sam.pdf"
    assert "sandbox" in mentor.headers["Content-Security-Policy"]


async def test_earlier_ones_are_on_pages_of_their_own(mentor, mentee, pair):
    await opened(mentee, pair)
    for number in range(31):
        await mentee.post(f"/mentorships/{pair.mentorship_id}/messages", form=f"f{number}", text=f"<{number}>")
    await opened(mentor, pair)
    assert "&lt;0&gt;" not in mentor.text
    [earlier] = re.findall(r'href="(/mentorships/\d+\?before=\d+)#messages"', mentor.text)
    await mentor.get(earlier)
    assert ("&lt;0&gt;" in mentor.text, "&lt;1&gt;" in mentor.text) == (True, False)


async def test_no_page_of_the_scheme_shows_them(admin, mentee, pair):
    await opened(mentee, pair)
    await mentee.post(f"/mentorships/{pair.mentorship_id}/messages", text="Okapi")
    for path in ("/history", "/emails", "/admin", f"/admin/people/{pair.sam.id}", f"/admin/people/{pair.sam.id}/data"):
        assert "Okapi" not in (await admin.get(path)).text
