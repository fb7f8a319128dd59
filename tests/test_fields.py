"""Fields: each from a line that says what it is, and none where no line does."""

import pytest

from newsmill.clean import clean, clean_source
from newsmill.cleaned import Cleaned
from newsmill.fates import Fate
from newsmill.outlet import Hints
from newsmill.record import Known, Source
from newsmill.rules import Rules

_BODY = (
    "The harbour has reopened after the storm, the council said on Monday, and ferries run again.\n\n"
    "Eleven ships had waited in the bay for three days, and two of them had to be towed to the pier."
)


@pytest.mark.parametrize("text", ["", "\n\n", "www.courier.example", "Harbour Courier\nwww.harbourcourier.example"])
def test_a_text_without_an_article_has_no_fields(text: str, rules: Rules) -> None:
    cleaned = clean(text, rules, Hints())
    assert (cleaned.body, cleaned.fields.deck, cleaned.fields.authors) == ("", None, [])


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Ann Hill", ["Ann Hill"]),
        ("By ANN HILL and Tom O’Reilly, Special to The Courier", ["ANN HILL".title(), "Tom O’Reilly"]),
        ("Von Katrin Ahlers und Jörn Thießen", ["Katrin Ahlers", "Jörn Thießen"]),
        ("Por Nuria Zaldívar", ["Nuria Zaldívar"]),
        ("Ann Hill, Port Selwyn", ["Ann Hill"]),
        ("By Agency Reporter", []),
    ],
)
def test_a_byline_gives_names_alone_and_leaves_the_body(line: str, authors: list[str], rules: Rules) -> None:
    cleaned = clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", rules, Hints())
    assert cleaned.fields.authors == authors
    assert cleaned.body == _BODY


@pytest.mark.parametrize(
    ("line", "published", "precision"),
    [
        ("14 March 2025", "2025-03-14T00:00:00+00:00", "day"),
        ("Published: 14th March 2025 06:12 AM IST", "2025-03-14T00:42:00+00:00", "minute"),
        ("March 14, 2025, 9:47 p.m. ET", "2025-03-15T01:47:00+00:00", "minute"),
        ("Updated: Mar 15, 2025 | Published: Mar 14, 2025", "2025-03-14T00:00:00+00:00", "day"),
        ("14. März 2025, 18.30 Uhr", "2025-03-14T18:30:00+00:00", "minute"),
        ("2025年3月14日", "2025-03-14T00:00:00+00:00", "day"),
        ("14 de marzo de 2025", "2025-03-14T00:00:00+00:00", "day"),
    ],
)
def test_a_date_line_gives_the_instant_as_exactly_as_it_says(
    line: str, published: str, precision: str, rules: Rules
) -> None:
    found = clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", rules, Hints()).fields.published
    assert found is not None
    assert (found.at.isoformat(), found.precision) == (published, precision)


@pytest.mark.parametrize("line", ["03/04/2025", "On March 14, 2025 the bridge fell.", "31 February 2025"])
def test_what_is_no_date_or_an_ambiguous_one_gives_none(line: str, rules: Rules) -> None:
    assert clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", rules, Hints()).fields.published is None


def test_the_name_that_a_domain_is_made_of_is_a_masthead_and_no_headline(rules: Rules) -> None:
    text = f"The Daily Heron\n\nHarbour reopens after the storm\n\n{_BODY}"
    cleaned = clean(text, rules, Hints(raw_path="dailyheron.example/1.txt"))
    assert cleaned.fields.title == "Harbour reopens after the storm"
    assert cleaned.verdicts[0].fate is Fate.MASTHEAD


def test_what_a_container_says_goes_before_what_the_text_says(rules: Rules) -> None:
    known = Known(
        url="https://www.courier.example/1",
        title="The headline",
        authors=("Ann Hill",),
        published="2025-03-14T06:12:00Z",
    )
    cleaned = clean_source(Source(_BODY, "utf-8", known=known), rules, "articles.jsonl")
    assert isinstance(cleaned, Cleaned)
    assert cleaned.body == _BODY
    fields = cleaned.fields
    assert (fields.title, fields.authors, fields.outlet_domain) == ("The headline", ["Ann Hill"], "courier.example")
    assert fields.published is not None
    assert (fields.published.at.hour, fields.published.source) == (6, "record")


def test_a_page_keeps_the_words_that_are_in_a_field(rules: Rules) -> None:
    page = (
        "<title>Harbour reopens</title><article><h1>Harbour reopens</h1><p class=byline>By Ann Hill</p>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in _BODY.split("\n\n"))
        + "</article><footer>Imprint</footer>"
    )
    cleaned = clean_source(Source(page, "utf-8", is_markup=True), rules, "courier.example/1.html")
    assert isinstance(cleaned, Cleaned)
    kept = {line.text: verdict.kept for line, verdict in zip(cleaned.lines, cleaned.verdicts, strict=True)}
    assert (kept["Harbour reopens"], kept["By Ann Hill"], kept["Imprint"]) == (True, True, False)
    assert cleaned.fields.authors == ["Ann Hill"]


@pytest.mark.parametrize("shout", ["WHY THIS QUESTION MATTERS:", "WHAT THE COUNCIL SAID YESTERDAY:"])
def test_a_subhead_in_capitals_is_no_dateline(shout: str, rules: Rules) -> None:
    cleaned = clean(f"Harbour reopens after the storm\n\n{shout}\n\n{_BODY}", rules, Hints())
    assert cleaned.fields.dateline is None
    assert cleaned.body.startswith(shout)


@pytest.mark.parametrize(
    "paragraph",
    [
        "昨年の元日に起きた地震を受け、港の復旧作業が全国から集まった技術者の手で進められ、漁船の出入りが再開した。",
        "The harbour has been closed for so long after the storm that most crews had gone home to their families.",
    ],
)
def test_a_paragraph_that_stands_first_is_no_title(paragraph: str, rules: Rules) -> None:
    cleaned = clean(f"{paragraph}\n\n{_BODY}", rules, Hints())
    assert cleaned.fields.title is None
    assert cleaned.body.startswith(paragraph)
