"""Machines that do not fit together, and calls that wait to be moved."""

import pytest

from server.machines.rules import QUIET_WITHIN, CannotTakePart, Machine, OtherMachine, QuietMoments, refuse_misfits

OWN = Machine("own", "10.0.0.1:8440", "", "certificate", "secret")


def test_those_with_the_same_secret_fit_together() -> None:
    refuse_misfits(OWN, (OtherMachine("own", "10.0.0.1:8440", "secret"), OtherMachine("other", "", "secret")))


def test_another_secret_is_refused_and_the_setting_named() -> None:
    with pytest.raises(CannotTakePart, match="FIRESIDE_SECRET"):
        refuse_misfits(OWN, (OtherMachine("other", "10.0.0.2:8440", "another"),))


def test_a_copied_identity_is_refused_and_the_file_named() -> None:
    with pytest.raises(CannotTakePart, match=r"machine\.pem"):
        refuse_misfits(OWN, (OtherMachine("own", "10.0.0.2:8440", "secret"),))


def test_a_call_that_is_to_be_moved_waits_for_a_quiet_moment_and_not_for_ever() -> None:
    quiet, within = QuietMoments(), QUIET_WITHIN.total_seconds()
    assert quiet.staying({"one": {"7", "8"}}, 100.0) == {"7", "8"}
    assert quiet.staying({"one": {"8"}, "two": {"9"}}, 120.0) == {"8", "9"}
    assert quiet.staying({"one": {"8"}, "two": {"9"}}, 100.0 + within) == {"9"}
    assert quiet.staying({}, 110.0 + within) == frozenset()
    # Another one that begins to drain has its own time.
    assert quiet.staying({"three": {"8"}}, 120.0 + within) == {"8"}
