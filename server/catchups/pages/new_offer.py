"""Offering a catch-up."""

import secrets
from dataclasses import dataclass, replace

from aiohttp import web

from server.catchups.actions.offers import make_offer
from server.catchups.pages.consent import shown_phone_wording, shown_wording
from server.catchups.pages.form_fields import read_draft, read_number
from server.catchups.pages.offer_form import OfferForm, offer_form_page
from server.catchups.pages.wording import sent_offer_page
from server.catchups.queries.offer_forms import NewOfferPage, NewTimesPage, read_new_offer_page
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import OfferSent
from server.catchups.rules.ledger import ChoiceKind, ShownWording
from server.errors import DomainError, InvalidInput, NotFound
from server.i18n.texts import N_
from server.introductions.actions.three import plan_three
from server.introductions.queries.three import read_third
from server.introductions.rules.introductions import IntroductionOver, NoCallOfThree, OfferedWithoutThird
from server.mentorships.rules.situations import Situation
from server.people.rules.people import Person
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.forms import Form, entry_number, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import language_for, see_other

FORM_NAME_BYTES = 16
WITH_THIRD = N_("Together with %(name)s, to whom I introduced you.")


@dataclass(frozen=True, slots=True)
class ThirdOne:
    """Whom the mentor introduced to the mentee, and would like to be in the call."""

    introduction_id: int
    person: Person


async def show(request: web.Request) -> web.Response:
    """With `?like=7` the form begins as one's own offer to the same person, whose times have passed; with `?after=7` as
    an offer of the next catch-up after that booking, at the same hour. With `?introduction=7` it plans a call of three
    after that introduction."""
    try:
        third = await _third(request, entry_number(request.query, "introduction"))
    except NoCallOfThree as problem:
        return _page(request, await _read(request), _form_name(), OfferForm.empty(), problem)
    found = await _read(request, entry_number(request.query, "like"), entry_number(request.query, "after"))
    if found.after:
        typed = OfferForm.after(found.after, visitor_of(request).person.zone)
    else:
        typed = OfferForm.like(found.like) if found.like else OfferForm.empty()
    if third is not None:
        note = language_for(request).gettext(WITH_THIRD) % {"name": third.person.name}
        typed = replace(typed, note=note)
    return _page(request, found, _form_name(), typed, third=third)


async def send(request: web.Request) -> web.Response:
    visitor, mentorship_id, now = visitor_of(request), id_of(request), request.app[CLOCK]()
    form = await request.post()
    name, third = text(form, "form"), None
    try:
        third = await _third(request, whole_number(form, "introduction") if text(form, "introduction") else None)
        draft = read_draft(form, visitor.person.zone)
        if third is not None and draft.media != {Medium.VIDEO}:
            raise InvalidInput("media", N_("A call of three is by video."))
        agreed = shown_wording(request, form, ChoiceKind.AGREED_GUEST) if third is not None else None
        wording, phone = shown_wording(request, form, ChoiceKind.OFFERED), shown_phone_wording(request, form)
        offer = await make_offer(
            request.app[DATABASE],
            visitor,
            mentorship_id,
            draft,
            wording,
            now,
            name or None,
            phone,
            read_number(form, visitor.person),
        )
        # If the server dies before this, the offer stays as one of a catch-up of two: nobody was promised anything.
        if third is not None and agreed is not None:
            await _plan(request, third, offer.id, agreed)
    except (OfferSent, OfferedWithoutThird) as sent:
        return await sent_offer_page(request, sent.offer_id, sent, form)
    except NotFound:
        raise
    except DomainError as problem:
        found = await _read(request, was_sent=True)
        return _page(request, found, name, OfferForm.read(form), problem, form, third)
    return see_other(f"/offers/{offer.id}")


async def _plan(request: web.Request, third: ThirdOne, offer_id: int, agreed: ShownWording) -> None:
    """Raises NotFound or OfferedWithoutThird."""
    app, visitor = request.app, visitor_of(request)
    try:
        await plan_three(app[DATABASE], visitor, third.introduction_id, offer_id, agreed, app[CLOCK]())
    except IntroductionOver as over:
        raise OfferedWithoutThird(offer_id) from over


async def _third(request: web.Request, introduction_id: int | None) -> ThirdOne | None:
    """Raises NotFound or NoCallOfThree."""
    if introduction_id is None:
        return None
    app, visitor = request.app, visitor_of(request)
    try:
        person = await read_third(app[DATABASE], visitor, id_of(request), introduction_id, app[CLOCK]())
    except IntroductionOver as over:
        raise NoCallOfThree from over
    return ThirdOne(introduction_id, person)


async def _read(
    request: web.Request, like: int | None = None, after: int | None = None, *, was_sent: bool = False
) -> NewOfferPage:
    app, visitor = request.app, visitor_of(request)
    return await read_new_offer_page(
        app[DATABASE], app[SEALER], visitor, id_of(request), app[CLOCK](), like, after, was_sent=was_sent
    )


def _form_name() -> str:
    return secrets.token_urlsafe(FORM_NAME_BYTES)


def _page(
    request: web.Request,
    found: NewOfferPage,
    name: str,
    typed: OfferForm,
    problem: DomainError | None = None,
    form: Form | None = None,
    third: ThirdOne | None = None,
) -> web.Response:
    """`name` is the secret name of the form: one that is sent twice makes one offer."""
    action = f"/mentorships/{found.mentorship_id}/offers"
    names = {"action": action, "back": "/home", "form_name": name}
    return new_offer_page(request, found, typed, problem, form, **names, situation=found.situation, third=third)


def new_offer_page(
    request: web.Request,
    found: NewOfferPage | NewTimesPage,
    typed: OfferForm,
    problem: DomainError | None = None,
    form: Form | None = None,
    *,
    action: str,
    back: str,
    form_name: str | None = None,
    situation: Situation | None = None,
    third: ThirdOne | None = None,
) -> web.Response:
    """The page of an offer to be made. The form is sent to `action`; `back` is the page to return to,
    `situation` how things are with the other, and `third` with whom it plans a call of three."""
    of_offer = {"pause": found.pause, "situation": situation, "third": third}
    names = {"action": action, "back": back, "form_name": form_name} | of_offer
    return offer_form_page(
        request, "catchups/new_offer.html", typed, found.other, found.times, found.is_mentor, problem, form, **names
    )
