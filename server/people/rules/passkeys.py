"""Passkeys (Web Authentication Level 3): the challenges that they sign, and what is checked of their answers.

Attestation is not asked for: any authenticator that verifies its user may be used.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from server.errors import DomainError, Forbidden, InvalidInput
from server.i18n.texts import N_

NAME_LIMIT = 80
MOST_PASSKEYS = 20
# A page that asks for a passkey may stay open for so long.
CHALLENGE_LASTS = timedelta(hours=1)
NONCE_BYTES = 16
SIGN_IN = "sign in"
# What the server's secret gives keys for.
CHALLENGES, HANDLES = "passkey challenges", "passkey user handles"


class PasskeyRefused(Forbidden):
    """The answer is not one to a challenge of ours, from a page of ours, by that passkey."""

    sentence = N_("This passkey could not be checked here. Please try again, or have a link sent to you by email.")


class PasskeyUnknown(Forbidden):
    sentence = N_("This passkey is not known here any more. Please have a link sent to you by email.")


class PasskeyTooOld(DomainError):
    sentence = N_("The page was open for too long. Please reload it and try again.")


class TooManyPasskeys(DomainError):
    sentence = N_("You have many passkeys already. Please remove one that you do not use.")


class AccountSignInNeeded(Forbidden):
    """Who only has a link to their home would otherwise get into the admin's pages with a passkey."""

    sentence = N_("You have an account for the admin's pages. Sign in to it to see or change your passkeys.")


class LastWayIn(DomainError):
    sentence = N_(
        "This passkey is the only way in, because emails from this server do not reach you. Add another passkey first."
    )


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom passkeys are for: `id` is the host name of the pages, `origin` their base URL."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """`credential_id` is in base64url without padding; `public_key` a COSE key (RFC 9052)."""

    credential_id: str
    public_key: bytes
    sign_count: int


def relying_party(base_url: str) -> RelyingParty:
    return RelyingParty(urlsplit(base_url).hostname or "", base_url)


def adding_in(visit_id: int) -> str:
    """What a challenge to add a passkey in this visit is for."""
    return f"add in {visit_id}"


def user_handle(key: bytes, person_id: int) -> bytes:
    """32 bytes by which authenticators know one person's passkeys; who reads them learns nothing about the person."""
    return hmac.digest(key, str(person_id).encode(), hashlib.sha256)


def make_challenge(key: bytes, use: str, nonce: bytes, now: datetime) -> bytes:
    """A challenge for this use that needs no memory: a nonce, when it ends, and their HMAC."""
    head = nonce + int((now + CHALLENGE_LASTS).timestamp()).to_bytes(8)
    return head + _seal(key, use, head)


def challenge_in(credential: str, key: bytes, use: str, now: datetime) -> bytes:
    """The challenge that was signed, if it is one of ours for this use. Raises PasskeyRefused, or PasskeyTooOld."""
    from webauthn.helpers import base64url_to_bytes

    try:
        client_data = json.loads(base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(client_data["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PasskeyRefused from error
    head, seal = challenge[: NONCE_BYTES + 8], challenge[NONCE_BYTES + 8 :]
    if not hmac.compare_digest(seal, _seal(key, use, head)):
        raise PasskeyRefused
    if now.timestamp() > int.from_bytes(head[NONCE_BYTES:]):
        raise PasskeyTooOld
    return challenge


def credential_id_in(credential: str) -> str:
    """The id that the answer names. Raises PasskeyRefused."""
    try:
        found = json.loads(credential)["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    if not isinstance(found, str):
        raise PasskeyRefused
    return found


def check_new(credential: str, challenge: bytes, party: RelyingParty) -> NewPasskey:
    """The passkey that the browser made (section 7.1). Raises PasskeyRefused."""
    # Imported here: it takes longer than all else that a start needs.
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    verified = _checked(
        verify_registration_response,
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
        require_user_verification=True,
    )
    return NewPasskey(bytes_to_base64url(verified.credential_id), verified.credential_public_key, verified.sign_count)


def check_use(credential: str, challenge: bytes, party: RelyingParty, public_key: bytes, sign_count: int) -> int:
    """The new signature count of a passkey that was used (section 7.2). Raises PasskeyRefused."""
    from webauthn import verify_authentication_response

    verified = _checked(
        verify_authentication_response,
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
        credential_public_key=public_key,
        credential_current_sign_count=sign_count,
        require_user_verification=True,
    )
    return int(verified.new_sign_count)


def check_passkey_name(name: str) -> str:
    """The name on one line. Raises InvalidInput."""
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("name", N_("Please enter a name."))
    if len(name) > NAME_LIMIT:
        raise InvalidInput("name", N_("Please shorten this to %(most)s characters."), most=NAME_LIMIT)
    return name


def _seal(key: bytes, use: str, head: bytes) -> bytes:
    return hmac.digest(key, use.encode() + b"\0" + head, hashlib.sha256)


def _checked(verify: Any, **what: Any) -> Any:
    """The library raises its own errors for what it understands, and Python's for what it does not."""
    try:
        return verify(**what)
    except Exception as error:
        raise PasskeyRefused from error
