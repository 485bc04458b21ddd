"""`fireside admin`: a pair is added or refused in one sentence, and it is said what was not done."""

from tests.server.test_cli import fireside

NOUR, LI = ("--mentor", "Nour", "nour@example.org"), ("--mentee", "Li", "li@example.org")
NO_EMAIL = (
    "Nobody was sent an email. Send this link to Nour: it opens their home. "
    "Li gets a link by email with the first offer."
)


def test_a_pair_is_added_and_what_is_known_already_is_kept_and_told(tmp_path):
    fireside(tmp_path, "migrate")
    first = fireside(tmp_path, "admin", "pair", *NOUR, *LI, "--mentee-zone", "Asia/Tokyo", FIRESIDE_LANGUAGE="de")
    assert first.stdout.startswith("http://localhost:8080/l/")
    assert first.stderr.splitlines()[1:] == [NO_EMAIL]
    again = fireside(
        tmp_path,
        *("admin", "pair", "--mentor", "Nour Haddad", "NOUR@example.org", *LI),
        *("--mentor-language", "ar", "--mentee-zone", "Asia/Seoul"),
    )
    assert (again.returncode, len(again.stdout.split())) == (0, 1)
    assert again.stderr.splitlines()[1:] == [
        "NOUR@example.org is already known as 'Nour'. The name was not changed; "
        "this does it: fireside admin person NOUR@example.org --name 'Nour Haddad'",
        "NOUR@example.org is already known with the language de. It was not changed: they can do that.",
        "li@example.org is already known with the zone Asia/Tokyo. It was not changed: they can do that.",
        NO_EMAIL,
    ]


def test_what_cannot_be_a_pair_is_refused_in_one_sentence(tmp_path):
    fireside(tmp_path, "migrate")
    for arguments, code, said in [
        (
            ("--mentor", "Nour", "notmail", *LI),
            1,
            "fireside: --mentor 'Nour' 'notmail': Please enter an email address, such as sam@example.org.",
        ),
        (
            (*NOUR, "--mentee", " ", "li@example.org"),
            1,
            "fireside: --mentee ' ' 'li@example.org': Please enter a name.",
        ),
        (
            (*NOUR, "--mentee", "Nour", "Nour@Example.org"),
            1,
            "fireside: The mentor and the mentee have the same email address. A mentorship needs two people.",
        ),
        (
            (*NOUR, *LI, "--mentee-language", "tlh"),
            2,
            "fireside admin pair: error: argument --mentee-language: 'tlh' cannot be used. Allowed: en or de or ar.",
        ),
    ]:
        done = fireside(tmp_path, "admin", "pair", *arguments)
        assert (done.returncode, done.stdout, done.stderr.splitlines()[-1]) == (code, "", said)
        assert "Traceback" not in done.stderr


def test_a_person_is_shown_and_corrected(tmp_path):
    fireside(tmp_path, "migrate")
    fireside(tmp_path, "admin", "pair", *NOUR, *LI)
    changed = fireside(
        tmp_path, "admin", "person", "NOUR@example.org", "--name", "Nour Haddad", "--email", "n@h.example"
    )
    assert changed.stdout == "Nour Haddad, n@h.example, language en, zone UTC\n"
    assert fireside(tmp_path, "admin", "person", "n@h.example").stdout == changed.stdout
    gone = fireside(tmp_path, "admin", "person", "nour@example.org")
    assert (gone.returncode, gone.stderr.splitlines()[1:]) == (1, ["fireside: Nobody has this email address."])


def test_an_account_is_made_and_a_new_link_is_the_way_back_in(tmp_path):
    fireside(tmp_path, "migrate")
    fireside(tmp_path, "admin", "create", "ben@example.org", "--role", "coordinator")
    made = fireside(tmp_path, "admin", "create", "ada@example.org", "--name", "Ada Obi")
    links = [
        fireside(tmp_path, "admin", "link", *who).stdout for who in ((), ("ADA@example.org",), ("ben@example.org",))
    ]
    assert len({made.stdout, *links}) == 4
    assert all(link.startswith("http://localhost:8080/l/") for link in links)
    for arguments, code, said in (
        (("create", "ada"), 1, "fireside: Please enter an email address, such as sam@example.org."),
        (("link", "sam@example.org"), 1, "fireside: Nobody has this email address."),
        (
            ("create", "ada@example.org", "--role", "coordinator"),
            1,
            "fireside: This is the only admin. Make another account an admin first; then this one can be changed.",
        ),
    ):
        done = fireside(tmp_path, "admin", *arguments)
        assert (done.returncode, done.stdout, done.stderr.splitlines()[-1]) == (code, "", said)
