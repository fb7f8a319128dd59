"""Which outlet an article is of: from its own signature, else from where its file stands."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from newsmill.fates import Fate, Verdict
from newsmill.lines import Line
from newsmill.rules import Rules

_HEAD_LINES = 3
_TAIL_LINES = 8
_MAX_NAME_CHARS = 60
_DOMAIN = re.compile(r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})/?", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://(?:[^/@\s]*@)?(?:www\.)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})(?=[:/?#]|$)", re.IGNORECASE
)
_FOLDER = re.compile(r"(?:www\.)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})")
_COPYRIGHT = re.compile(
    r"(?:copyright|©|\(c\))[\s©(c),–-]{0,6}(?:(?:19|20)\d\d(?: ?[-–] ?(?:(?:19|20)?\d\d))?)?[\s,.–-]{0,3}(?:by )?"
    r"(?P<name>[^\W\d_][^.,|©\n]{2,58}?)(?: (?:19|20)\d\d.{0,20})?"
    r"(?:[,|]|\.(?!\w)|\s[–-]\s| all rights| alle rechte| tous droits| todos los| $|$)",
    re.IGNORECASE,
)
# Who sells copy to outlets holds the right to it, but is none.
_SELLERS = frozenset("syndicate syndication agency agencies features writers creators inc llc corp ltd images".split())
_FILE_SUFFIXES = frozenset("txt text md html htm json jsonl csv gz zip log".split())


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a text before it is read: its path relative to RAW, with ``/``; its address; its outlet."""

    raw_path: str = ""
    url: str | None = None
    outlet: str | None = None


class Outlet(NamedTuple):
    """An outlet: display name and web domain (either may be missing), and what named it.

    ``source`` is record, tail, url, masthead, copyright or folder. ``verdicts`` has the lines that only name it.
    """

    name: str | None
    domain: str | None
    source: str
    verdicts: dict[int, Verdict]


_NAME_VERDICT = Verdict(Fate.FOOTER, False, "outlet name")
_DOMAIN_VERDICT = Verdict(Fate.FOOTER, False, "outlet domain")
_MASTHEAD_VERDICT = Verdict(Fate.MASTHEAD, False, "masthead")


def find_outlet(lines: list[Line], rules: Rules, hints: Hints) -> Outlet | None:
    """Find the outlet: the domain and name that end the text, its address, the folder of its file, a copyright line.

    What its container says goes before all of them.

    >>> lines = [Line(0, 7, "Title"), Line(7, 19, "The Courier"), Line(19, 34, "www.courier.example")]
    >>> outlet = find_outlet(lines, Rules.parse({}), Hints())
    >>> outlet.name, outlet.domain, outlet.source, sorted(outlet.verdicts)
    ('The Courier', 'courier.example', 'tail', [1, 2])
    """
    filled = [i for i, line in enumerate(lines) if line.text]
    head, tail = filled[:_HEAD_LINES], filled[-_TAIL_LINES:]
    name, domain, source, verdicts = _signature(lines, tail, rules)
    if domain is None and hints.url and (domain := domain_of(hints.url)):
        source = "url"
    if domain is None and (domain := _folder_domain(hints.raw_path)):
        source = "folder"
    if domain is not None:
        name = rules.outlets.get(domain, name)
    if hints.outlet:
        name, source = hints.outlet, "record"
    if name is None:
        name = _copyright_name(lines, tail, domain, rules)
        source = "copyright" if name and domain is None else source
    if name is None and domain is None:
        return None
    if name is None and domain and len(filled) > 1 and _names_domain(lines[filled[0]].text, domain):
        name = lines[filled[0]].text
    if len(filled) > 1:
        verdicts.update(_mentions(lines, head, tail, name, domain))
    if source == "folder" and _MASTHEAD_VERDICT in verdicts.values():
        source = "masthead"
    return Outlet(name, domain, source, verdicts)


def _signature(
    lines: list[Line], tail: list[int], rules: Rules
) -> tuple[str | None, str | None, str, dict[int, Verdict]]:
    """Read a domain that stands alone among the last lines, and the name above it."""
    for place in range(len(tail) - 1, -1, -1):
        number = tail[place]
        text = lines[number].text
        match = _DOMAIN.fullmatch(text) if place and " " not in text else None
        if match is None:
            continue
        domain = match[1].lower()
        if domain.rpartition(".")[2] in _FILE_SUFFIXES or domain.partition(".")[0].isdigit():
            continue
        above = lines[tail[place - 1]].text
        if above == rules.outlets.get(domain) or _names_domain(above, domain):
            return above, domain, "tail", {number: _DOMAIN_VERDICT, tail[place - 1]: _NAME_VERDICT}
        if domain in rules.outlets or place == len(tail) - 1:
            return None, domain, "tail", {number: _DOMAIN_VERDICT}
    return None, None, "", {}


def domain_of(url: str) -> str | None:
    """Give the domain of a web address, in lower case and without 'www.'.

    >>> domain_of("https://www.Courier.example:8080/2025/harbour?id=3")
    'courier.example'
    """
    match = _ADDRESS.match(url)
    return match[1].lower() if match else None


def _mentions(
    lines: list[Line], head: list[int], tail: list[int], name: str | None, domain: str | None
) -> dict[int, Verdict]:
    """Find the lines at either end that are the outlet's name or domain and nothing else."""
    known = {_folded(text) for text in (name, domain) if text}
    firsts = {folded[:1] for folded in known}
    found = {}
    for i in dict.fromkeys((*head, *tail)):
        text = lines[i].text
        may_be_one = len(text) <= _MAX_NAME_CHARS and (text[0].lower() in firsts or not text[0].isalnum())
        if may_be_one and _folded(text) in known:
            found[i] = _MASTHEAD_VERDICT if i in head else _NAME_VERDICT
    return found


def _folder_domain(raw_path: str) -> str | None:
    """Take the domain from the path: the innermost folder that is named like one."""
    for part in reversed(raw_path.split("/")[:-1]):
        match = _FOLDER.fullmatch(part.lower())
        if match and part.rpartition(".")[2].lower() not in _FILE_SUFFIXES:
            return match[1]
    return None


def _copyright_name(lines: list[Line], tail: list[int], domain: str | None, rules: Rules) -> str | None:
    for number in reversed(tail):
        match = _COPYRIGHT.match(lines[number].text)
        if match:
            name = match["name"].strip()
            if domain is None:
                if name in rules.agencies or any(word in _SELLERS for word in name.lower().split()):
                    return None
                return name if name[:1].isupper() and len(name.split()) <= 6 and not _is_phrase(name) else None
            return name if _names_domain(name, domain) else None
    return None


def _is_phrase(name: str) -> bool:
    return any(word in {"all", "this", "may", "rights", "is", "are", "reserved"} for word in name.lower().split())


def _names_domain(text: str, domain: str) -> bool:
    """Tell whether a line is the name that a domain is made of: 'The New Indian Express' of newindianexpress.com."""
    if not 1 < len(text) <= _MAX_NAME_CHARS:
        return False
    name, label = _folded(text), _folded(max(domain.split(".")[:-1], key=len))
    bare = name.removeprefix("the")
    if len(bare) < 3 or len(label) < 2:
        return False
    initials = "".join(word[0] for word in text.lower().split() if word[0].isalnum())
    return bare in label or label.removeprefix("the") in bare or label in {initials, initials.removeprefix("t")}


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
