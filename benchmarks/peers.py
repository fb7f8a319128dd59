"""newsmill beside other cleaners, on the same labelled raw texts.

    python -m benchmarks.peers LABELLED.jsonl.gz

LABELLED holds documents as ``benchmarks.classifier.train`` reads them. Every cleaner gets a text and gives back
the lines that it keeps; trafilatura and jusText get the lines wrapped in ``<p>``, as they read nothing else, and
are left out where they are not installed. newsmill runs with the weights in ``rules/classifier/``: where those
were trained on LABELLED, its honest figures are the ones that ``benchmarks.classifier.train --holdout`` prints.
"""

import html
import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchmarks.classifier.corpus import Labelled, read_labelled
from benchmarks.classifier.measure import table
from newsmill.boilerplate import judge
from newsmill.fates import Fate, Verdict
from tasks.rules import load_rules

#: What a cleaner makes of a text: for each of its lines whether it stays.
Cleaner = Callable[[Labelled], list[bool]]

_CUT = Verdict(Fate.FURNITURE, False, "peer")
_TERMINAL = (".", "!", "?", '"', "”", "’", "…")
_LEAST_WORDS = 3
_PLAIN_LIST = re.compile(
    r"advertisements?|sponsored.{0,30}|(?:share|tweet|e-?mail|print|facebook|twitter|whatsapp|linkedin|pinterest|reddit)"
    r"|(?:share|follow|like) (?:this|us|on)\b.{0,60}|(?:read|see) (?:also|more)\b.{0,200}"
    r"|related(?: stories| articles)?:?.{0,160}"
    r"|(?:©|copyright|all rights reserved)\b.{0,300}|(?:sign up|subscribe)\b.{0,200}|.{0,100}\bnewsletter\b.{0,100}"
    r"|click here\b.{0,200}|.{0,200} contributed to this (?:report|story|article)\.?"
    r"|(?:photo|image)(?: credit)?: .{0,100}"
    r"|no stories found\.?|leave a (?:comment|reply)|(?:www\.)?[\w-]+\.(?:com|org|net)",
    re.IGNORECASE,
)


def by_newsmill() -> Cleaner:
    """Give newsmill's own rules and classifier."""
    rules = load_rules()

    def keep(text: Labelled) -> list[bool]:
        verdicts = judge(text.lines, rules, None)
        if rules.classifier:
            scored = rules.classifier.classify(text.lines, verdicts).verdicts
            verdicts = [verdict or score for verdict, score in zip(verdicts, scored, strict=True)]
        return [verdict is None for verdict in verdicts]

    return keep


def by_c4(text: Labelled) -> list[bool]:
    """Keep what C4 keeps: lines that end a sentence, here also with a curly quote, and have a few words."""
    return [
        line.text.endswith(_TERMINAL)
        and len(line.text.split()) >= _LEAST_WORDS
        and "javascript" not in line.text.lower()
        for line in text.lines
    ]


def by_plain_list(text: Labelled) -> list[bool]:
    """Keep what a list of a dozen regular expressions does not match, as most pipelines have one."""
    return [not _PLAIN_LIST.fullmatch(line.text) for line in text.lines]


def by_repetition(texts: Iterable[Labelled]) -> Cleaner:
    """Keep, as CCNet does, the lines that stand in one text of their kind alone, digits folded."""
    seen: Counter[tuple[str, str]] = Counter()
    for text in texts:
        seen.update({(text.kind, _folded(line.text)) for line in text.lines})
    return lambda text: [seen[text.kind, _folded(line.text)] < 2 for line in text.lines]


def _folded(text: str) -> str:
    return re.sub(r"\d", "0", re.sub(r"[^\w\s]", "", text.lower())).strip()


def by_trafilatura(text: Labelled) -> list[bool]:
    """Keep the lines that trafilatura finds in the text as a page of paragraphs."""
    import trafilatura

    return _kept_in(trafilatura.extract(_as_page(text), include_comments=False) or "", text)


def by_justext(text: Labelled) -> list[bool]:
    """Keep the paragraphs that jusText takes for good."""
    import justext

    language = {"de": "German", "es": "Spanish", "fr": "French", "it": "Italian"}.get(text.language, "English")
    paragraphs = justext.justext(_as_page(text).encode(), justext.get_stoplist(language), encoding="utf-8")
    return _kept_in("\n".join(p.text for p in paragraphs if not p.is_boilerplate), text)


def _as_page(text: Labelled) -> str:
    paragraphs = "".join(f"<p>{html.escape(line.text)}</p>" for line in text.lines if line.text)
    return f"<html><body><article>{paragraphs}</article></body></html>"


def _kept_in(output: str, text: Labelled) -> list[bool]:
    left = Counter(" ".join(line.split()) for line in output.split("\n"))
    kept = []
    for line in text.lines:
        words = " ".join(line.text.split())
        kept.append(left[words] > 0)
        left[words] -= 1
    return kept


def main(path: Path) -> None:
    """Run every cleaner that is there, and print a table for each."""
    texts = list(read_labelled(path))
    cleaners: dict[str, Cleaner] = {
        "newsmill": by_newsmill(),
        "plain list of regular expressions": by_plain_list,
        "C4's line rule, curly quotes allowed": by_c4,
        "CCNet-style repetition": by_repetition(texts),
    }
    for name, cleaner in {"trafilatura": by_trafilatura, "justext": by_justext}.items():
        if importlib.util.find_spec(name):
            cleaners[f"{name}, on lines wrapped in <p>"] = cleaner
    for title, cleaner in cleaners.items():
        table(title, texts, _cut(texts, cleaner))


def _cut(texts: list[Labelled], cleaner: Cleaner) -> Mapping[str, list[Verdict | None]]:
    return {text.id: [None if stays else _CUT for stays in cleaner(text)] for text in texts}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
