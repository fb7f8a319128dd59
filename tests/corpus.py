"""Made-up articles by the hundred: plausible prose, a title, leftovers, all from a seed."""

import random
from pathlib import Path

_WHO = (
    "The council",
    "A spokesman for the port",
    "The mayor of Harbourton",
    "Farmers in the Vale",
    "The regional court",
)
_DID = ("approved", "rejected", "postponed", "defended", "questioned", "welcomed")
_WHAT = ("the new ferry timetable", "a plan to widen the canal", "the school meals budget", "a second river bridge")
_WHEN = ("on Monday", "after a long debate", "despite a warning from engineers", "for the third time this year")
_SAID = ("Nobody expected it to go this far", "It is a question of money", "We will come back to it in the spring")
_TAIL = "Related Stories\n\nNo stories found.\n\nX\nThe Harbourton Courier\nwww.courier.example"


def article(seed: int, paragraphs: int = 8, tail: str = _TAIL) -> str:
    """Write a made-up article: the same seed gives the same text, another one gives another."""
    pick = random.Random(seed)  # noqa: S311

    def sentence() -> str:
        said = f'"{pick.choice(_SAID)}," one of them said, {pick.randint(2, 900)} people listening.'
        what = f"{pick.choice(_WHO)} {pick.choice(_DID)} {pick.choice(_WHAT)} {pick.choice(_WHEN)}"
        did = f"{what}, by {pick.randint(2, 99)} votes."
        return pick.choice((said, did))

    title = f"{pick.choice(_WHO)} {pick.choice(_DID)} {pick.choice(_WHAT)} No {seed}"
    body = "\n\n".join(" ".join(sentence() for _ in range(pick.randint(2, 5))) for _ in range(paragraphs))
    return f"{title}\n\n{body}\n\n{tail}"


def write_corpus(raw: Path, count: int, paragraphs: int = 8, outlets: int = 4) -> None:
    """Write ``count`` articles of some outlets, a tenth of them twice, and a few files that are no articles."""
    for number in range(count):
        folder = raw / f"outlet{number % outlets}.example"
        folder.mkdir(parents=True, exist_ok=True)
        tail = f"Related Stories\n\nNo stories found.\n\nX\nwww.outlet{number % outlets}.example"
        text = article(number, paragraphs, tail)
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
        if number % 10 == 0:
            (folder / f"{number:05}-again.txt").write_text(f"{text}\n", encoding="utf-8")
    (raw / "empty.txt").write_bytes(b"")
    (raw / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
