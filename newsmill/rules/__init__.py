"""All rules of a folder: what to cut, what opens a box, which outlets and agencies are known.

A rule is data and carries its own examples; ``newsmill.examples.check_examples`` holds each to them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from newsmill.classifier.classify import Classifier, ClassifierError
from newsmill.html.selectors import Selectors
from newsmill.rules.files import read_rule_file
from newsmill.rules.kinds import Place, Rule, RuleError
from newsmill.rules.lookup import Index, index_rules
from newsmill.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, ready to match.

    ``version`` changes with any byte of any file. ``outlets`` maps a domain to the outlet's display name,
    ``agencies`` a credit form such as ``"(PTI)"`` to the agency's name, ``selectors`` a domain to what its pages
    call their parts. ``everywhere`` indexes the rules of every outlet by place, in the order in which they are
    tried, ``by_domain`` those of one. ``classifier`` judges what rules leave open; without one it stays.
    """

    version: str
    outlets: Mapping[str, str]
    agencies: Mapping[str, str]
    vocabulary: Vocabulary
    selectors: Mapping[str, Selectors]
    everywhere: Mapping[Place, tuple[Index, ...]]
    by_domain: Mapping[str, Mapping[Place, tuple[Index, ...]]]
    all: tuple[Rule, ...] = field(repr=False)
    classifier: Classifier | None = field(repr=False)

    @classmethod
    def parse(cls, files: Mapping[str, str], classifier: Mapping[str, str] | None = None) -> "Rules":
        r"""Compile rule files, given as file name to TOML text, and the files of a classifier.

        Examples are required here, and tried by ``newsmill.examples.check_examples``, which takes longer.

        >>> rules = Rules.parse({"share.toml": '''
        ... [[cut]]
        ... name  = "share button"
        ... fate  = "share"
        ... words = ["share", "tweet"]
        ... cuts  = ["Share"]
        ... keeps = ["Share prices fell."]
        ... '''})
        >>> [rule.verdict.rule for rule in rules.all]
        ['share button']

        Raises:
            RuleError: a file is no TOML, or a rule has a key missing, unknown or empty, or a pattern that is
                wrong or fits lines that start and end with anything; or the classifier's files are damaged.
        """
        read = [read_rule_file(file, text) for file, text in files.items()]
        rules: dict[str | None, list[Rule]] = {None: []}
        for file in read:
            rules.setdefault(file.domain, []).extend(file.rules)
        everything = tuple(rule for of_domain in rules.values() for rule in of_domain)
        _refuse_twins(everything)
        return cls(
            version=_fingerprint({**files, **(classifier or {})}),
            outlets=MappingProxyType({file.domain: file.name for file in read if file.domain}),
            agencies=MappingProxyType({form: name for file in read for form, name in file.agencies.items()}),
            vocabulary=Vocabulary.parse(
                (language for file in read for language in file.languages),
                {abbreviation: zone for file in read for abbreviation, zone in file.zones.items()},
            ),
            selectors=MappingProxyType(
                {file.domain: file.selectors for file in read if file.domain and file.selectors}
            ),
            everywhere=index_rules(rules[None]),
            by_domain=MappingProxyType({domain: index_rules(own) for domain, own in rules.items() if domain}),
            all=everything,
            classifier=_classifier(classifier) if classifier else None,
        )

    def indexes(self, domain: str | None) -> dict[Place, list[Index]]:
        """Give what a line meets at each place of an article: its outlet's rules, then those of all."""
        own = self.by_domain.get(domain) if domain else None
        return {place: [*own[place], *all_have] if own else [*all_have] for place, all_have in self.everywhere.items()}


def _fingerprint(files: Mapping[str, str]) -> str:
    return sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()[:12]


def _classifier(files: Mapping[str, str]) -> Classifier:
    try:
        return Classifier.parse(files)
    except ClassifierError as error:
        raise RuleError(str(error)) from error


def _refuse_twins(rules: Iterable[Rule]) -> None:
    files: dict[str, str] = {}
    for rule in rules:
        name = rule.verdict.rule
        if name in files:
            raise RuleError(f"{rule.file}: {name!r} is already the name of a rule in {files[name]}")
        files[name] = rule.file
