"""What stays of an answer: the words of its sender, from the mail programs that people use."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mail.quotes import own_words, unflowed

NOTICE = (
    "Hello, Maya\n\nSam has written to you.\n\nRead the message:\nhttps://fireside.example/l/secret\n\n--\n"
    "This link is only for you."
)
QUOTED = "\n".join(f"> {line}".rstrip() for line in NOTICE.splitlines())
# As a mail program in Arabic writes it.
SENDER = "\u202aFireside\u202c\u200f <\u202af@example.org\u202c\u200f>"
OUTLOOK_EN = "From: Fireside <f@example.org>\nSent: Sunday, 29 November 2026 17:01\nTo: Maya\nSubject: A new message"
OUTLOOK_DE = (
    "Von: Fireside <f@example.org>\nGesendet: Sonntag, 29. November 2026 17:01\nAn: Maya\nBetreff: Eine neue Nachricht"
)
OUTLOOK_AR = "من: Fireside <f@example.org>\nتاريخ الإرسال: الأحد، 29 نوفمبر 2026\nإلى: Maya\nالموضوع: رسالة جديدة"
OUTLOOK_FR = "De : Fireside <f@example.org>\nEnvoyé : dimanche 29 novembre 2026 17:01\nÀ : Maya\nObjet : Un message"
# What each program puts between the answer and what it quotes.
PROGRAMS = {
    "Gmail": f"On Sun, Nov 29, 2026 at 5:01 PM Fireside <f@example.org> wrote:\n\n{QUOTED}",
    "Gmail, broken": f"On Sun, Nov 29, 2026 at 5:01 PM Sam via Fireside <\nf@example.org> wrote:\n\n{QUOTED}",
    "Gmail, German": f"Am So., 29. Nov. 2026 um 17:01 Uhr schrieb Fireside <f@example.org>:\n\n{QUOTED}",
    "Gmail, Arabic": f"في الأحد، 29 نوفمبر 2026 في 5:01 م تمت كتابة ما يلي بواسطة {SENDER}:\n\n{QUOTED}",
    "Gmail, older Arabic": f"\u202bفي الأحد، 29 نوفمبر 2026 5:01 م كتب {SENDER}:\u202c\n\n{QUOTED}",
    "Gmail, French": f"Le dim. 29 nov. 2026 à 17:01, Fireside <f@example.org> a écrit :\n\n{QUOTED}",
    "a language that is not known": f"29 novembro 2026 je 17:01, Fireside <f@example.org> skribis:\n{QUOTED}",
    "Apple": f"On 29. Nov 2026, at 17:01, Fireside <f@example.org> wrote:\n\n{NOTICE}",
    "Apple, German": f"Am 29.11.2026 um 17:01 schrieb Fireside <f@example.org>:\n\n{NOTICE}",
    "Apple, Arabic": f"في ٢٩ نوفمبر ٢٠٢٦، الساعة ٥:٠١ م، كتب Fireside <f@example.org>:\n\n{NOTICE}",
    "Thunderbird, German": f"Am 29.11.26 um 17:01 schrieb Fireside:\n{QUOTED}",
    "Outlook": f"{OUTLOOK_EN}\n\n{NOTICE}",
    "Outlook, with a rule": f"________________________________\n{OUTLOOK_EN}\n\n{NOTICE}",
    "Outlook, German": f"{OUTLOOK_DE}\n\n{NOTICE}",
    "Outlook, older German": f"-----Ursprüngliche Nachricht-----\n{OUTLOOK_DE}\n\n{NOTICE}",
    "Outlook, Arabic": f"{OUTLOOK_AR}\n\n{NOTICE}",
    "Outlook, French": f"{OUTLOOK_FR}\n\n{NOTICE}",
    "Outlook, in stars": OUTLOOK_EN.replace("From:", "*From:*").replace("Sent:", "*Sent:*") + f"\n\n{NOTICE}",
    "Samsung": f"-------- Original message --------\nFrom: Fireside\nDate: 29/11/2026 17:01\n\n{NOTICE}",
    "nothing": "",
}
SIGNATURES = {
    "none": "",
    "a mark": "-- \nSam Okafor\nhttps://example.org\n\n",
    "a mark without its space": "--\nSam\n\n",
    "a phone": "Sent from my iPhone\n\n",
    "a German phone": "Von meinem iPhone gesendet\n\n",
    "Outlook on a phone": "Get Outlook for Android<https://aka.ms/ghei36>\n\n",
    "an Arabic phone": "أرسلت من الـ iPhone\n\n",
}
OWN = {
    "English": "Yes, Tuesday at 10:30 suits me.\n\nShall I bring: the plan?\nBest, Sam",
    "German": "Ja, Dienstag um 10:30 passt.\n\nMaya schrieb: »Bring den Plan mit« – soll ich?\nGruß, Sam",
    "Arabic": "نعم، الثلاثاء الساعة 10:30 يناسبني.\n\nهل أحضر الخطة؟\nسام",
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
@pytest.mark.parametrize("around", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("words", OWN.values(), ids=OWN)
def test_the_words_of_the_sender_stay_and_nothing_else(words, around, signature):
    assert own_words(f"{words}\n\n{signature}{around}") == words
    assert own_words(f"{signature}{around}") == ""


def test_below_a_quote_and_between_its_lines_they_stay_as_well():
    text = f"On 29/11/2026 17:01, Fireside wrote:\n{QUOTED}\n\nBelow it."
    assert own_words(text) == "Below it."
    text = "Hi!\n\nOn 29/11/2026 17:01, Fireside wrote:\n> One?\n\nYes.\n\n> Two?\nNo.\n\n-- \nSam"
    assert own_words(text) == "Hi!\n\nYes.\n\nNo."


@pytest.mark.parametrize(
    "words",
    [
        "In 2020 she wrote:\nI will come.",
        "From: here to there.\nTo: no end.",
        "Am 3. Mai um 10:30 treffen wir uns so:\num elf.",
        "At 10:30 we need:\n- bread\n- milk",
        "My address is sam@example.org and the plan is:\nfirst we walk.",
        "--- a line of mine ---\nand more",
        "a\n----------\nb",
        "I sent from my iPhone a picture, did you get it?\nSam",
    ],
)
def test_words_that_look_like_a_quote_stay(words):
    assert own_words(words) == words


def test_flowed_lines_are_joined_and_quotes_are_not():
    text = "A long line that a \nprogram broke.\n> quoted \n> more\n \n-- \nSam"
    assert unflowed(text, delete_space=False) == "A long line that a program broke.\n> quoted \n> more\n\n-- \nSam"
    assert unflowed("日本 \n語", delete_space=True) == "日本語"


@given(
    st.lists(
        st.sampled_from(["> ", "On ", "wrote:", "10:30", "a@b", "--", "From: x", "\n", "-----", "_" * 12, "ي", " "])
    )
)
def test_any_text_is_read_and_nothing_is_added(parts):
    text = "".join(parts)
    words = own_words(text)
    if not text.rstrip().endswith("wrote:"):
        # Else its last line says who wrote what is quoted.
        assert own_words(text + "\n> quoted") == words
    assert all(line in text for line in words.splitlines())


@pytest.mark.parametrize(
    "part", ["a", "On a@b 10:30 ", "On x\n", "1:22 @:\n", "-----a", "From: a\n", ">", "a:", "@", "\n", "- ", "* "]
)
def test_a_long_text_takes_no_long_time(part):
    started = time.process_time()
    own_words(part * (300_000 // len(part)))
    assert time.process_time() - started < 5
