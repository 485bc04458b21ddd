"""What the doctor says, and with which exit code it ends."""

from server.doctor.findings import exit_code, good, soon, wrong


def test_the_worst_decides_the_exit_code():
    fine, late, bad = good("Disk", "room."), soon("Clock", "slow.", "Set it."), wrong("TLS", "over.", "Renew it.")
    assert [exit_code(each) for each in ([], [fine], [fine, late], [late, bad, fine])] == [0, 0, 3, 1]


def test_what_is_not_good_says_how_to_correct_it():
    assert good("Disk", "room.").lines == "good   Disk: room."
    assert wrong("TLS", "over.", "Renew it.").lines == "wrong  TLS: over.\n       Renew it."
