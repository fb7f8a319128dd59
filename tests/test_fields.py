"""Fields: each from a line that says what it is, and none where no line does."""

from dataclasses import replace

import pytest

from newsmill.clean import clean, clean_source
from newsmill.cleaned import Cleaned
from newsmill.fates import Fate, Verdict
from newsmill.fields import find_fields
from newsmill.lines import split_lines
from newsmill.outlet import Hints
from newsmill.record import Known, Source
from newsmill.rules import Rules

_BODY = (
    "The harbour has reopened after the storm, the council said on Monday, and ferries run again.\n\n"
    "Eleven ships had waited in the bay for three days, and two of them had to be towed to the pier."
)


@pytest.fixture(scope="module")
def forms(rules: Rules) -> Rules:
    """All rules and words, but no classifier: what a form means is not its to decide."""
    return replace(rules, classifier=None)


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
        ("Agency Reporter", []),
        ("Von Jan Ohm, Ute Ahlers, Ida Voss und Jörn Thießen", ["Jan Ohm", "Ute Ahlers", "Ida Voss", "Jörn Thießen"]),
        ("Von Jörn Thießen, Volontär (Sport)", ["Jörn Thießen"]),
        ("Von Katrin Ahlers Landespolitische Korrespondentin", ["Katrin Ahlers"]),
        ("von Jörn Thießen", ["Jörn Thießen"]),
        ("Kommentar von Katrin Ahlers", ["Katrin Ahlers"]),
        ("By Ann Hill For Courier.Example", ["Ann Hill"]),
        ("By Ann HillTwitter", ["Ann Hill"]),
        ("By Ann Hill, MS, RDN", ["Ann Hill"]),
        ("By admin", []),
        ("By news@courier.example", []),
        ("Frétt af courier.example", []),
        ("Ann Hill for The Courier.", ["Ann Hill"]),
        ("Ann Hill Ann Hill", ["Ann Hill"]),
        ("ANN HILL", ["Ann Hill"]),
        ("Ann B. Hill", ["Ann B. Hill"]),
        ("Ann Hill – Reporter in Port Selwyn", ["Ann Hill"]),
        ("Ann Hill Parliamentary editor", ["Ann Hill"]),
        ("Ann Hill 2 minutes read", ["Ann Hill"]),
        ("Ann Hill|Published 1 day ago", ["Ann Hill"]),
    ],
)
def test_a_byline_gives_names_alone_and_leaves_the_body(line: str, authors: list[str], forms: Rules) -> None:
    cleaned = clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", forms, Hints())
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
        ("14.03.2025 18.30", "2025-03-14T18:30:00+00:00", "minute"),
        ("14.03.2025, 18:30 Uhr", "2025-03-14T18:30:00+00:00", "minute"),
        ("14.03.2025, 18:30Lesezeit: 5 Min.", "2025-03-14T18:30:00+00:00", "minute"),
        ("14. 03. 2025, 18:30 Uhr Lesedauer: 4 Minuten", "2025-03-14T18:30:00+00:00", "minute"),
        ("14.3.2025 18:30 Uhr teilen", "2025-03-14T18:30:00+00:00", "minute"),
        ("14.03.202514. März 2025", "2025-03-14T00:00:00+00:00", "day"),
        ("Publiziert14. März 2025, 18:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("Akt.: 14. März 2025 - 18.30 Uhr", "2025-03-14T18:30:00+00:00", "minute"),
        ("erstellt: 14. März 2025, 18:30 in: Hafen | Kommentare : 0", "2025-03-14T18:30:00+00:00", "minute"),
        ("Actualizado Viernes, 14 marzo 2025 - 18:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("Publicado: 14/03/2025 18:30h", "2025-03-14T18:30:00+00:00", "minute"),
        ("14 Marzo 2025 Aggiornato alle 18:30 1 minuti di lettura", "2025-03-14T00:00:00+00:00", "day"),
        ("Publié le 14 mars 2025 à 18h30, mis à jour le 15 mars 2025 à 9 h 05", "2025-03-14T18:30:00+00:00", "minute"),
        ("Sist oppdatert fredag 14. mars 2025 - 18:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("Publicerad 2025-03-14 18.30", "2025-03-14T18:30:00+00:00", "minute"),
        ("14. mar. 2025 kl. 18:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("Julkaistu 14.3.2025 klo 18.30", "2025-03-14T18:30:00+00:00", "minute"),
        ("14 maart 2025 om 18:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("14 marca 2025, 18:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("Giriş Tarihi: 14.03.2025 18:30 Son Güncelleme: 14.03.2025 18:45", "2025-03-14T18:30:00+00:00", "minute"),
        ("公開日：2025/3/14 18:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("2025年3月14日(金) 18時30分", "2025-03-14T18:30:00+00:00", "minute"),
        ("发布时间：2025-03-14 18:30:11", "2025-03-14T18:30:11+00:00", "second"),
        ("입력 2025.03.14. 오후 6:30", "2025-03-14T18:30:00+00:00", "minute"),
        ("Friday 14 March 2025 18:30, UK", "2025-03-14T18:30:00+00:00", "minute"),
        ("Monday 14 July 2025 18:30, UK", "2025-07-14T17:30:00+00:00", "minute"),
        ("18:30, 14 Mar 2025Updated 18:45, 14 Mar 2025", "2025-03-14T18:30:00+00:00", "minute"),
        ("18:30 14.03.2025Get short URL", "2025-03-14T18:30:00+00:00", "minute"),
        ("Published Fri, Mar 14 20252:30 PM EDT", "2025-03-14T18:30:00+00:00", "minute"),
        ("Mar 14, 2025, 21:47 IST | 3 min read", "2025-03-14T16:17:00+00:00", "minute"),
        ("Updated March 14, 2025", "2025-03-14T00:00:00+00:00", "day"),
        ("HarbourNews March 14, 2025", "2025-03-14T00:00:00+00:00", "day"),
    ],
)
def test_a_date_line_gives_the_instant_as_exactly_as_it_says(
    line: str, published: str, precision: str, forms: Rules
) -> None:
    found = clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", forms, Hints()).fields.published
    assert found is not None
    assert (found.at.isoformat(), found.precision) == (published, precision)


@pytest.mark.parametrize(
    ("line", "authors", "published"),
    [
        ("March 14, 2025 Ann Hill", ["Ann Hill"], "2025-03-14T00:00"),
        ("March 14, 2025 | by Ann Hill", ["Ann Hill"], "2025-03-14T00:00"),
        ("March 14, 2025 Jan de Vries", ["Jan de Vries"], "2025-03-14T00:00"),
        ("Fr 14.03.25 | 18:30 Uhr | Von Katrin Ahlers", ["Katrin Ahlers"], "2025-03-14T18:30"),
        ("14. März 2025 • Katrin Ahlers • 3 Minuten", ["Katrin Ahlers"], "2025-03-14T00:00"),
        ("di Lea Bandini 14 Marzo 2025", ["Lea Bandini"], "2025-03-14T00:00"),
        ("By Ann HillPublished: Mar 14, 2025", ["Ann Hill"], "2025-03-14T00:00"),
        ("By Ann Hill on Friday, March 14th, 2025 at 11:04 a.m.", ["Ann Hill"], "2025-03-14T11:04"),
        ("By admin - 2025-03-14", [], "2025-03-14T00:00"),
        ("Reuters March 14, 2025 11:03 PM", [], "2025-03-14T23:03"),
    ],
)
def test_a_line_can_say_both_who_and_when(line: str, authors: list[str], published: str, forms: Rules) -> None:
    cleaned = clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", forms, Hints())
    assert cleaned.fields.published is not None
    assert (cleaned.fields.authors, f"{cleaned.fields.published.at:%Y-%m-%dT%H:%M}") == (authors, published)
    assert cleaned.body == _BODY


@pytest.mark.parametrize(
    "line",
    [
        "Stand: 20:03 Uhr | Lesedauer: 4 Minuten",
        "Online seit heute, 7.57 Uhr",
        "Today 12:01 AM",
        "1 day ago",
        "vor 3 Stunden",
        "Last updated 15 hours ago",
    ],
)
def test_a_line_that_tells_the_time_from_the_day_of_reading_leaves_the_body(line: str, forms: Rules) -> None:
    cleaned = clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", forms, Hints())
    assert (cleaned.body, cleaned.fields.published) == (_BODY, None)


_DECK = "After three days of storm the ferries run again, and the crews that had waited in the bay are home at last."
_HEAD = f"Harbour reopens after the storm\n\n{_DECK}"


@pytest.mark.parametrize("byline", ["By Ann Hill", "von Ann Hill", "By\n\nAnn Hill"])
@pytest.mark.parametrize("date", ["March 14, 2025", "Updated March 14, 2025", "14.03.2025, 18:30 Uhr"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_byline_and_a_date_below_a_deck_that_is_a_paragraph_are_read(
    byline: str, date: str, order: tuple[int, int], forms: Rules
) -> None:
    first, second = ((byline, date)[place] for place in order)
    cleaned = clean(f"{_HEAD}\n\n{first}\n\n{second}\n\n{_BODY}", forms, Hints())
    assert cleaned.fields.authors == ["Ann Hill"]
    assert cleaned.fields.published is not None
    assert cleaned.fields.published.at.date().isoformat() == "2025-03-14"
    assert cleaned.body.endswith(_BODY)
    assert date not in cleaned.body


@pytest.mark.parametrize(
    "above_body",
    [
        "By\n\n#Ann Hill",
        "#Ann Hill\n\nMarch 14, 2025",
        "March 14, 2025\n\n#Ann Hill",
        "#Ann Hill\n\nParliamentary editor",
        "#Ann Hill – Reporter",
        "#Ann Hill 2 minutes read",
        "#By Ann Hill",
        "#14. März 2025 • Ann Hill • 3 Minuten",
    ],
)
def test_a_byline_that_the_classifier_took_for_furniture_still_names_the_author(above_body: str, forms: Rules) -> None:
    furniture = Verdict(Fate.FURNITURE, False, "classifier")
    marked = split_lines(f"Harbour reopens after the storm\n\n{above_body}\n\n{_BODY}")
    lines = [line._replace(text=line.text.removeprefix("#")) for line in marked]
    judged = [furniture if line.text.startswith("#") else None for line in marked]
    assert find_fields(lines, judged, None, forms).authors == ["Ann Hill"]


def test_names_alone_by_a_date_are_bylines_however_many_lines_they_fill(forms: Rules) -> None:
    cleaned = clean(f"{_HEAD}\n\nAnn Hill\n\nTom Low\n\nMarch 14, 2025, 18:30\n\n{_BODY}", forms, Hints())
    assert cleaned.fields.authors == ["Ann Hill", "Tom Low"]


def test_a_name_alone_below_the_last_paragraph_is_the_byline(forms: Rules) -> None:
    cleaned = clean(f"Harbour reopens after the storm\n\n{_BODY}\n\nAnn Hill", forms, Hints())
    assert (cleaned.body, cleaned.fields.authors) == (_BODY, ["Ann Hill"])


def test_the_days_of_a_timeline_are_the_articles(forms: Rules) -> None:
    days = "\n\n".join(f"March {day}, 2025\n\n{_DECK.replace('three', str(day))}" for day in range(14, 18))
    cleaned = clean(f"{_HEAD}\n\n{days}", forms, Hints())
    assert cleaned.fields.published is None
    assert cleaned.body == f"{_DECK}\n\n{days}"


@pytest.mark.parametrize("line", ["Tom Low", "March 14, 2025"])
def test_a_line_below_the_second_paragraph_is_the_articles(line: str, forms: Rules) -> None:
    body = f"{_BODY}\n\n{line}\n\n{_BODY.replace('harbour', 'fishing port')}"
    assert clean(f"Harbour reopens after the storm\n\n{body}", forms, Hints()).body == body


def test_the_date_of_a_post_that_ends_an_article_is_not_the_articles(forms: Rules) -> None:
    body = f"{_BODY}\n\n— The Courier (@courier)\n\nNovember 18, 2019"
    assert clean(f"Harbour reopens after the storm\n\n{body}", forms, Hints()).fields.published is None


@pytest.mark.parametrize(
    "line", ["03/04/2025", "On March 14, 2025 the bridge fell.", "31 February 2025", "14 March 2025 - 15 March 2025"]
)
def test_what_is_no_date_or_an_ambiguous_one_gives_none(line: str, forms: Rules) -> None:
    assert clean(f"Harbour reopens after the storm\n\n{line}\n\n{_BODY}", forms, Hints()).fields.published is None


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


def test_sentences_that_end_in_the_air_below_the_title_are_no_deck(forms: Rules) -> None:
    body = f"The ferries wait until Tuesday, and nobody has to pay. Crews cheer the council's\n\n{_BODY}"
    cleaned = clean(f"Harbour reopens after the storm\n\n{body}", forms, Hints())
    assert (cleaned.fields.deck, cleaned.body) == (None, body)
