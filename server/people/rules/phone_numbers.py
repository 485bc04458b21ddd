"""Phone numbers: checked, and shown as they are dialled from anywhere (ITU-T E.164)."""

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    is_valid_number,
    parse,
)

from server.errors import InvalidInput
from server.i18n.texts import N_
from server.i18n.zones import country_of


class NumberUnconfirmed(InvalidInput):
    """A number that was typed without its country code. `number` is what it seems to be, to be sent again."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "phone",
            N_("We added the country code: %(number)s. Please check the number and send it again."),
            number=number,
        )
        self.number = number


def check_number(typed: str, zone: str) -> str:
    """The number as it is dialled from anywhere, such as +44 20 7946 0123; empty when nothing was typed.

    Raises InvalidInput for what is no phone number, or NumberUnconfirmed where the country code is missing and the
    time zone `zone` says what it may be.
    """
    if not typed.strip():
        return ""
    number = _read(typed, country_of(zone))
    if number is None:
        raise InvalidInput("phone", N_("Please enter a phone number with its country code, such as +44 20 7946 0123."))
    shown = format_number(number, PhoneNumberFormat.INTERNATIONAL)
    if not _is_international(typed):
        raise NumberUnconfirmed(shown)
    return shown


def international(stored: str, zone: str) -> str:
    """A stored number as it is dialled from anywhere; as its owner, in `zone`, typed it where that is not known.

    Numbers of earlier versions may have no country code.
    """
    number = _read(stored, country_of(zone))
    return format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else stored


def _read(typed: str, country: str | None) -> PhoneNumber | None:
    """The number. One with its country code need only be of a possible length, as there are new ones every year."""
    try:
        number = parse(typed.strip(), country)
    except NumberParseException:
        return None
    good = is_possible_number(number) if _is_international(typed) else is_valid_number(number)
    return number if good and number.extension is None else None


def _is_international(typed: str) -> bool:
    return typed.strip().startswith(("+", "\uff0b"))
