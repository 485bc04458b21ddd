"""What of an email becomes messages: the rules alone; tests/server/test_replying.py has the whole way."""

from dataclasses import replace

import pytest

from server.mail.received import ReceivedEmail, ReceivedFile
from server.mentorships.rules.messages import MessageBody, MessageFile
from server.mentorships.rules.replies import (
    ReplyProblem,
    ReplyRefused,
    problem_of,
    read_reply,
    reply_event,
    reply_key,
)
from server.people.rules.mentorships import MentorshipState
from server.room.rules.files import FILES_LIMIT

EMAIL = ReceivedEmail("<1@example.org>", "Sam@Example.org", automatic=False, words="Yes.")
OWN = frozenset({"sam@example.org", "before-a-merge@example.org"})
TEXT = ReceivedFile("a.txt", b"Okapi")
PROGRAM = ReceivedFile("run.exe", b"MZ")
SECRET = "k" * 43


def read(email=EMAIL, state=MentorshipState.ACTIVE, size=0):
    return read_reply(email, "key", OWN, state, size)


def bodies(reply):
    return [message.body for message in reply.messages]


@pytest.mark.parametrize("state", [MentorshipState.ACTIVE, MentorshipState.PAUSED])
def test_words_become_one_message(state):
    reply = read(state=state)
    assert (bodies(reply), reply.left_out) == ([MessageBody("Yes.")], False)


def test_each_further_file_is_a_message_of_its_own_with_a_key_of_its_own():
    reply = read(replace(EMAIL, files=(TEXT, PROGRAM, TEXT, TEXT)))
    file = MessageFile("a.txt", 5)
    assert bodies(reply) == [MessageBody("Yes.", file), MessageBody("", file), MessageBody("", file)]
    assert len({message.key for message in reply.messages}) == 3
    assert reply.left_out


def test_files_go_while_there_is_room():
    reply = read(replace(EMAIL, files=(TEXT, TEXT)), size=FILES_LIMIT - 6)
    assert (len(reply.messages), reply.left_out) == (1, True)


@pytest.mark.parametrize(
    ("email", "state", "problem"),
    [
        (replace(EMAIL, sender="eve@example.org"), MentorshipState.ACTIVE, ReplyProblem.OTHER_ADDRESS),
        (replace(EMAIL, sender=""), MentorshipState.ENDED, ReplyProblem.OTHER_ADDRESS),
        (EMAIL, MentorshipState.ENDED, ReplyProblem.ENDED),
        (replace(EMAIL, words=""), MentorshipState.ACTIVE, ReplyProblem.EMPTY),
        (replace(EMAIL, words=f"https://x/l/{SECRET}"), MentorshipState.ACTIVE, ReplyProblem.EMPTY),
        (replace(EMAIL, words="x" * 5001), MentorshipState.ACTIVE, ReplyProblem.TOO_LONG),
        (replace(EMAIL, words="", files=(PROGRAM,)), MentorshipState.ACTIVE, ReplyProblem.SOME_FILES),
    ],
)
def test_what_is_refused_says_why(email, state, problem):
    with pytest.raises(ReplyRefused) as refused:
        read(email, state)
    assert refused.value.problem is problem


def test_an_address_from_before_a_merge_is_still_theirs():
    assert read(replace(EMAIL, sender="before-a-merge@example.org")).messages


@pytest.mark.parametrize(
    "link",
    [
        f"https://fireside.example/l/{SECRET}",
        f"https://fireside.example/L/{SECRET}?x=1",
        f"<https://fireside.example/l/{SECRET}>",
        f"https://safe.example/?url=https%3a%2f%2Ffireside.example%2Fl%2F{SECRET}&data=1",
        f"https://defense.example/v2/url?u=https-3A__fireside.example_l_{SECRET}&d=x",
        f"https://fireside.example/feed/{SECRET}.ics",
    ],
)
def test_a_personal_link_is_left_out_however_it_is_written(link):
    assert bodies(read(replace(EMAIL, words=f"see {link} there"))) == [MessageBody("see … there")]


def test_other_links_stay():
    words = f"https://example.org/list/{SECRET} and https://example.org/l/short"
    assert bodies(read(replace(EMAIL, words=words))) == [MessageBody(words)]


def test_one_email_of_one_person_has_one_key():
    key = reply_key(1, "<1@x>", b"bytes")
    assert key == reply_key(1, "<1@x>", b"with other headers on its way") != reply_key(2, "<1@x>", b"bytes")
    assert reply_key(1, "", b"a") != reply_key(1, "", b"b")


def test_what_is_told_of_it_is_known_again():
    for problem in ReplyProblem:
        event = reply_event(reply_key(1, "<1@x>", b""), problem)
        assert (problem_of(event), len(event) <= 80) == (problem, True)
