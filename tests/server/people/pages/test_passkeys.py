"""The page of passkeys."""

import json
import re
from datetime import UTC, datetime

from sqlalchemy import update
from webauthn.helpers import base64url_to_bytes

from server.db.tables import passkeys
from tests.authenticator import Authenticator
from tests.server.actors import account_link


async def added(guest, name):
    """A passkey that this browser has added, as its script does."""
    await guest.get("/me/passkeys/options.json")
    options = json.loads(guest.text)
    mine = Authenticator(guest.base_url, options["rp"]["id"])
    await guest.get("/me/passkeys")
    await guest.post("/me/passkeys", name=name, credential=mine.make(base64url_to_bytes(options["challenge"])))
    return mine


async def test_the_options_ask_for_one_that_verifies_its_user_without_attestation(mentee, pair):
    await mentee.get("/me/passkeys/options.json")
    options = json.loads(mentee.text)
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert (options["user"]["name"], options["user"]["displayName"]) == (pair.sam_email, "Sam")


async def test_one_is_added_with_its_name_and_not_offered_to_be_made_again(mentee):
    await added(mentee, "My phone")
    assert (mentee.status, "The passkey was added." in mentee.text, "My phone" in mentee.text) == (200, True, True)
    await mentee.get("/me/passkeys/options.json")
    assert len(json.loads(mentee.text)["excludeCredentials"]) == 1


async def test_what_cannot_be_added_is_said_on_the_page(mentee):
    await added(mentee, " ")
    assert (mentee.status, "Please enter a name." in mentee.text) == (422, True)
    await mentee.post("/me/passkeys", name="Mine", credential="{}")
    assert (mentee.status, "could not be checked here" in mentee.text, 'value="Mine"' in mentee.text) == (
        403,
        True,
        True,
    )


async def test_one_for_another_address_of_the_pages_is_shown_as_such(site, mentee):
    await added(mentee, "Old key")
    number = re.search(r'id="passkey-(\d+)"', mentee.text)[1]
    async with site.database.writing() as connection:
        moved = update(passkeys).where(passkeys.c.id == int(number)).values(rp_id="old.example.org")
        await connection.execute(moved)
    await mentee.get("/me/passkeys")
    assert "It was made for old.example.org. These pages are now at 127.0.0.1" in mentee.text
    await mentee.get("/me/passkeys/options.json")
    assert json.loads(mentee.text)["excludeCredentials"] == []


async def test_the_only_way_in_is_not_removed(site, admin):
    """This site sends no emails."""
    await added(admin, "Security key")
    assert "fireside admin link EMAIL" in admin.text
    number = re.search(r'id="passkey-(\d+)"', admin.text)[1]
    await admin.post(f"/me/passkeys/{number}/removal")
    assert (admin.status, "This passkey is the only way in" in admin.text) == (409, True)
    await admin.get("/me/passkeys")
    await added(admin, "Phone")
    await admin.post(f"/me/passkeys/{number}/removal")
    assert (admin.status, "The passkey was removed." in admin.text) == (200, True)


async def test_by_a_link_to_ones_home_one_is_sent_to_the_account(site, pair, mentor):
    await account_link(site.database, datetime.now(UTC), email=pair.maya_email)
    await mentor.get("/me/passkeys")
    assert (mentor.status, "You have an account for the admin" in mentor.text) == (403, True)
