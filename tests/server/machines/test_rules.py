"""Machines that do not fit together."""

import pytest

from server.machines.rules import CannotTakePart, Machine, OtherMachine, refuse_misfits

OWN = Machine("own", "10.0.0.1:8440", "", "certificate", "secret")


def test_those_with_the_same_secret_fit_together() -> None:
    refuse_misfits(OWN, (OtherMachine("own", "10.0.0.1:8440", "secret"), OtherMachine("other", "", "secret")))


def test_another_secret_is_refused_and_the_setting_named() -> None:
    with pytest.raises(CannotTakePart, match="FIRESIDE_SECRET"):
        refuse_misfits(OWN, (OtherMachine("other", "10.0.0.2:8440", "another"),))


def test_a_copied_identity_is_refused_and_the_file_named() -> None:
    with pytest.raises(CannotTakePart, match=r"machine\.pem"):
        refuse_misfits(OWN, (OtherMachine("own", "10.0.0.2:8440", "secret"),))
