"""Of the text of an email, what its sender has written: without what they answer to, and without their signature.

What mail programs put around a quote is known by its form, in any language, and by some words in the languages that
they speak most. What is not known stays: a line too many is better than a sentence lost.
"""

import re
import unicodedata

# Bidirectional marks and other letters that one does not see.
UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# "-----Original Message-----", "---------- Forwarded message ---------", in whatever language.
RULE_WITH_WORDS = re.compile(r"\*?-{4,} ?[^\W\d_].{0,200} ?-{4,}\*?")
RULE = re.compile(r"[_\u2014-]{10,}")
# The names of a header's lines as mail programs print them; the first says from whom it is.
HEADER_LINE = re.compile(r"[*> ]*([^\W\d_][^:：@]{0,20}?)[* ]*[:：][* ]*\S.*")
FROM = frozenset(
    {"from", "von", "de", "da", "di", "van", "fra", "från", "od", "kimden", "от", "від", "lähettäjä", "από", "feladó"}
    | {"من", "مرسل", "المرسل", "מאת", "از", "差出人", "发件人", "보낸사람"}
)
MOST_HEADER_LINES = 8
WROTE = re.compile(
    r"\b(wrote|writes|schrieb|écrit|a écrit|escribió|ha scritto|escreveu|schreef|napisał|napisała|napisał\(a\)|skrev|"
    r"kirjoitti|yazdı|написал|написала|пише|пишет|έγραψε|írta|napsal|napsala|scris)\b|كتب|كتابة|نوشت|כתב|写道|書き|작성"
)
OPENERS = re.compile(
    r"(on|am|le|el|il|em|op|den|w dniu|dne|a|в|на|în|στις|em|ב|في|فى|بتاريخ|در|pe|\d)\b", re.IGNORECASE
)
# Who and when: an address, or a time of day.
SAYS_WHO = re.compile(r"\S@\S|\b\d{1,2}[:.h٫]\d{2}\b")
MOST_ATTRIBUTION_LINES = 3
SIGNATURE = re.compile(r"-- ?")
FROM_A_PHONE = re.compile(
    r"(sent (from|via|with)|get outlook for|von meinem .{1,60} gesendet|gesendet (von|mit|über)|diese nachricht wurde "
    r"von meinem|envoyé (de|depuis)|enviado desde|inviato da|verzonden (vanaf|met)|wysłane z|отправлено (с|из)|"
    r"أُ?رسلت? من|مرسل من|تم الإرسال من|الحصول على outlook|holen sie sich outlook|outlook für)\b.{0,100}",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Empty when nothing of it is the sender's own."""
    lines = [unicodedata.normalize("NFC", UNSEEN.sub("", line)).replace("\xa0", " ") for line in text.splitlines()]
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        if not line:
            kept.append("")
            number += 1
            continue
        if SIGNATURE.fullmatch(line) or _ends_own_words(lines, number):
            break
        length = _attribution(lines, number)
        if length and _next_line(lines, number + length).startswith(">"):
            number += length
        elif length and WROTE.search(_joined(lines, number, length).lower()):
            break
        else:
            if not line.startswith(">"):
                kept.append(lines[number].rstrip())
            number += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_without_phone_line(kept))).strip("\n").rstrip()


def unflowed(text: str, *, delete_space: bool) -> str:
    """Joins the lines that a mail program broke, in text that says format=flowed (RFC 3676, 4)."""
    pieces: list[str] = []
    joins = False
    for typed in text.splitlines():
        quoted = typed.startswith(">")
        line = typed if quoted else typed.removeprefix(" ")
        if joins and not quoted:
            pieces[-1] = pieces[-1].removesuffix(" ") if delete_space else pieces[-1]
        elif pieces:
            pieces.append("\n")
        joins = not quoted and line.endswith(" ") and not SIGNATURE.fullmatch(line)
        pieces.append(line)
    return "".join(pieces)


def _ends_own_words(lines: list[str], number: int) -> bool:
    """Whether another email begins here that is not marked line by line."""
    line = lines[number].strip()
    if RULE_WITH_WORDS.fullmatch(line):
        return True
    if RULE.fullmatch(line):
        return _is_header(lines, number + 1) or _is_header(lines, number + 2)
    return _is_header(lines, number)


def _is_header(lines: list[str], number: int) -> bool:
    """Whether three lines of a header begin here, the first of which says from whom."""
    header = [HEADER_LINE.fullmatch(line.strip()) for line in lines[number : number + MOST_HEADER_LINES]]
    if len(header) < 3 or not all(header[:3]):
        return False
    first = header[0]
    return first is not None and first[1].strip().lower() in FROM


def _attribution(lines: list[str], number: int) -> int:
    """How many lines from here on say who wrote what follows, and when; 0 when they do not."""
    if not OPENERS.match(lines[number].strip()) and not SAYS_WHO.search(lines[number]):
        return 0
    for length in range(1, MOST_ATTRIBUTION_LINES + 1):
        part = [line.strip() for line in lines[number : number + length]]
        if len(part) < length or not part[-1] or part[-1].startswith(">"):
            return 0
        if part[-1].endswith((":", "：")):
            return length if SAYS_WHO.search(" ".join(part)) else 0
    return 0


def _next_line(lines: list[str], number: int) -> str:
    """The next one that is not empty."""
    return next((lines[each].strip() for each in range(number, len(lines)) if lines[each].strip()), "")


def _joined(lines: list[str], number: int, length: int) -> str:
    return " ".join(line.strip() for line in lines[number : number + length])


def _without_phone_line(lines: list[str]) -> list[str]:
    """Without the last line when a phone put it there."""
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    return lines[: last - 1] if last and FROM_A_PHONE.fullmatch(lines[last - 1].strip(" *_.")) else lines
