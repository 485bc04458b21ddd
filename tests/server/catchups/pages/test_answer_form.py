"""The form of an answer, as it comes back."""

from multidict import MultiDict, MultiDictProxy

from server.catchups.pages.answer_form import AnswerForm


def test_it_has_what_was_typed() -> None:
    sent = MultiDictProxy(MultiDict(start="noon", medium="phone", weeks="4", words="Later.\r\n", phone_fallback="on"))
    assert AnswerForm.read(sent) == AnswerForm("noon", "phone", "4", "Later.\n", True)


def test_of_an_empty_form_it_is_empty() -> None:
    assert AnswerForm.read(MultiDictProxy(MultiDict())) == AnswerForm()
