"""The fields of a sign-up: as typed, and what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from server.availability.pages.hours_form import HoursForm
from server.availability.rules import Hours
from server.catchups.rules.drafts import Medium
from server.errors import InvalidInput
from server.i18n.catalog import Language
from server.schemes.rules.memberships import MembershipRole
from server.schemes.rules.sign_ups import SPOKEN, SignUp
from server.web.forms import NOT_LISTED, Form, text

# How many languages can be chosen.
LANGUAGE_FIELDS = 4


@dataclass(frozen=True, slots=True)
class SignUpForm:
    """As typed, unchecked."""

    role: str
    brings: frozenset[str]
    brings_words: str
    seeks: frozenset[str]
    seeks_words: str
    languages: tuple[str, ...]
    media: frozenset[str]
    zone: str
    hours: HoursForm
    needs: str
    capacity: str
    not_with: str
    department: str
    other_department: bool
    wishes: str
    name: str = ""
    email: str = ""

    @classmethod
    def read(cls, form: Form) -> "SignUpForm":
        return cls(
            role=text(form, "role"),
            brings=_all(form, "brings"),
            brings_words=text(form, "brings_words"),
            seeks=_all(form, "seeks"),
            seeks_words=text(form, "seeks_words"),
            languages=tuple(each for each in form.getall("languages", []) if isinstance(each, str)),
            media=_all(form, "media"),
            zone=text(form, "zone"),
            hours=HoursForm.read(form),
            needs=text(form, "needs"),
            capacity=text(form, "capacity"),
            not_with=text(form, "not_with"),
            department=text(form, "department"),
            other_department="other_department" in form,
            wishes=text(form, "wishes"),
            name=text(form, "name"),
            email=text(form, "email"),
        )

    @classmethod
    def of(cls, said: SignUp) -> "SignUpForm":
        """Filled in with what was said."""
        return cls(
            role=said.role.value,
            brings=frozenset(map(str, said.brings)),
            brings_words=said.brings_words,
            seeks=frozenset(map(str, said.seeks)),
            seeks_words=said.seeks_words,
            languages=said.languages,
            media=frozenset(medium.value for medium in said.media),
            zone=said.zone,
            hours=HoursForm.of(Hours(said.hours, ())),
            needs=said.needs,
            capacity=str(said.capacity),
            not_with="\n".join(said.not_with),
            department=said.department,
            other_department=said.other_department,
            wishes=said.wishes,
        )

    @classmethod
    def empty(cls, role: MembershipRole, zone: str, language: Language) -> "SignUpForm":
        return cls.of(SignUp(role, zone, languages=(language.code,)))

    def sign_up(self, role: MembershipRole | None = None) -> SignUp:
        """What was typed; with `role` for that one, whatever the form says. Raises InvalidInput."""
        return SignUp(
            role=role or self._role(),
            zone=self.zone,
            hours=self.hours.hours(datetime.min.replace(tzinfo=UTC).date()).weekly,
            brings=_ids(self.brings, "brings"),
            brings_words=self.brings_words,
            seeks=_ids(self.seeks, "seeks"),
            seeks_words=self.seeks_words,
            languages=self.languages,
            media=frozenset(medium for medium in Medium if medium.value in self.media),
            needs=self.needs,
            capacity=self._capacity(),
            not_with=tuple(self.not_with.split("\n")),
            department=self.department,
            other_department=self.other_department,
            wishes=self.wishes,
        )

    def _role(self) -> MembershipRole:
        try:
            return MembershipRole(self.role)
        except ValueError as error:
            raise InvalidInput("role", NOT_LISTED) from error

    def _capacity(self) -> int:
        try:
            return int(self.capacity or "1")
        except ValueError as error:
            raise InvalidInput("capacity", NOT_LISTED) from error


def language_names(language: Language) -> Mapping[str, str]:
    """The languages that can be chosen, by tag, sorted by their names in this language."""
    names = {code: str(language.locale.languages.get(code, code)) for code in SPOKEN}
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))


def _all(form: Form, field: str) -> frozenset[str]:
    return frozenset(each for each in form.getall(field, []) if isinstance(each, str))


def _ids(typed: frozenset[str], field: str) -> frozenset[int]:
    try:
        return frozenset(int(each) for each in typed)
    except ValueError as error:
        raise InvalidInput(field, NOT_LISTED) from error
