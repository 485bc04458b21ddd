"""The form of an answer to an offer, as it was filled in."""

from dataclasses import dataclass

from server.web.forms import Form, text


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """As typed, unchecked, to be shown again."""

    start: str = ""
    medium: str = ""
    weeks: str = ""
    words: str = ""
    phone_fallback: bool = False
    phone: str = ""

    @classmethod
    def read(cls, form: Form) -> "AnswerForm":
        """The form as it was sent."""
        start, medium, weeks, words = (text(form, name) for name in ("start", "medium", "weeks", "words"))
        return cls(start, medium, weeks, words, "phone_fallback" in form, text(form, "phone"))
