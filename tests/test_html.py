"""A web page to an article: its body by the mass of prose, one fate for every block, its declared fields."""

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsmill.fates import Fate
from newsmill.html.extract import Page, extract
from newsmill.html.selectors import Selectors
from newsmill.rejection import Rejected
from newsmill.rules import Rules

ONE = "The harbour has reopened after four days, the council said on Monday, and all ferries run again."
TWO = "Eleven ships had waited in the bay since Thursday, when the storm tore two cranes from their rails."
THREE = "“We counted every rope twice,” said Ines Marrow, who has run the port of Aveline since spring."
FOUR = "Repairs to the northern pier will go on until the autumn and cost about four million crowns."
OTHER = "A second bridge over the river will be built next year, the minister for roads has promised again."


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(body: str, head: str = "<title>Harbour reopens after the storm</title>") -> str:
    return f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>"


def json_ld(kind: str = "NewsArticle", **fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": kind, **fields})}</script>'


def extracted(body: str, head: str = "<title>Harbour reopens after the storm</title>") -> Page:
    found = extract(page(body, head))
    assert isinstance(found, Page), found
    return found


def fates(found: Page) -> dict[str, str]:
    return {block.text: block.verdict.rule for block in found.blocks}


def texts(found: Page) -> list[str]:
    return [block.text for block in found.body]


def test_the_body_is_where_the_prose_is_whatever_its_box_is_called() -> None:
    found = extracted(
        f"<header><a href=/>Home</a></header><div class=x7>{paragraphs(ONE, TWO, THREE)}</div>"
        f"<div class=y2><p><a href=/b>{OTHER}</a></p><p><a href=/c>Market day moves to Friday</a></p></div>"
    )
    assert texts(found) == [ONE, TWO, THREE]
    assert found.method == "blocks"
    assert found.confidence > 0.5


@pytest.mark.parametrize("name", ["widget", "sidebar", "paywall", "promo-module", "has-sidebar newsletter-page"])
def test_a_box_that_holds_the_article_is_not_cut_for_its_name(name: str) -> None:
    found = extracted(f"<div class='{name}'>{paragraphs(ONE, TWO, THREE)}</div><p>Short note.</p>")
    assert texts(found)[:3] == [ONE, TWO, THREE]


def test_many_small_boxes_of_one_name_are_weighed_together() -> None:
    rows = "".join(f"<p class=paywall>{text}</p>" for text in (TWO, THREE, FOUR))
    assert texts(extracted(f"<div>{paragraphs(ONE)}{rows}</div>")) == [ONE, TWO, THREE, FOUR]


def test_comments_do_not_become_the_article_however_long_they_are() -> None:
    comments = "".join(f"<div class=comment><p>{OTHER} {OTHER} {number}.</p></div>" for number in range(9))
    found = extracted(f"<article>{paragraphs(ONE, TWO)}</article><section id=comments>{comments}</section>")
    assert texts(found) == [ONE, TWO]


def test_a_body_that_ad_slots_split_is_put_together_again() -> None:
    found = extracted(
        f"<div class=a><div class=article-body>{paragraphs(ONE, TWO)}</div>"
        "<div class=ad-slot>Advertisement</div>"
        f"<div class=article-body>{paragraphs(THREE, FOUR)}</div></div>"
    )
    assert texts(found) == [ONE, TWO, THREE, FOUR]
    assert fates(found)["Advertisement"] == "html: advertisement"


def test_the_next_article_of_an_endless_page_is_not_this_one() -> None:
    found = extracted(
        f"<main><article><h1>Harbour reopens after the storm</h1>{paragraphs(ONE, TWO)}</article>"
        f"<article><h1>A second bridge</h1>{paragraphs(OTHER, OTHER + ' In May.', FOUR)}</article>"
        "</main>"
    )
    assert texts(found) == [ONE, TWO]


def test_a_short_article_is_not_all_that_stands_below_it() -> None:
    others = "".join(f"<article>{paragraphs(text, OTHER)}</article>" for text in (THREE, FOUR, THREE, FOUR, THREE))
    own = f"<article><h1>Harbour reopens after the storm</h1>{paragraphs(ONE, TWO)}</article>"
    assert texts(extracted(f"<main>{own}{others}</main>")) == [ONE, TWO]
    assert texts(extracted(f"<main>{own}<article>{others}</article></main>")) == [ONE, TWO]


def test_a_headline_in_an_element_of_its_own_does_not_keep_the_article_out() -> None:
    head = f"<article><h1>Harbour reopens after the storm</h1>{paragraphs(ONE)}</article>"
    found = extracted(f"<main>{head}<article>{paragraphs(TWO, THREE, FOUR, OTHER)}</article></main>")
    assert texts(found)[-4:] == [TWO, THREE, FOUR, OTHER]


def test_a_box_of_related_stories_in_the_middle_is_cut_and_the_rest_kept() -> None:
    found = extracted(
        f"<article>{paragraphs(ONE, TWO)}<aside class=related><h3>Read more</h3><p>{OTHER}</p></aside>"
        f"{paragraphs(THREE)}<ul><li><a href=/1>Ferries late</a></li><li><a href=/2>Cranes fall</a></li></ul>"
        f"{paragraphs(FOUR)}</article>"
    )
    assert texts(found) == [ONE, TWO, THREE, FOUR]
    assert fates(found)[OTHER] == "html: related"
    assert fates(found)["Ferries late"] == "html: links"


def test_a_label_and_a_link_are_another_story_and_a_sentence_with_a_link_is_not() -> None:
    label = "READ HERE | <a href=/bridge>A second bridge over the river</a>"
    sentence = "The council said: <a href=/minutes>the pier will be built up again by autumn.</a>"
    found = extracted(f"<article>{paragraphs(ONE, label, TWO, sentence, THREE)}</article>")
    assert fates(found)["READ HERE | A second bridge over the river"] == "html: links"
    assert len(texts(found)) == 4


def test_a_sentence_is_whole_whatever_a_part_of_it_is_called() -> None:
    found = extracted(
        f"<article>{paragraphs(ONE)}<p>Two cranes fell <span class=paywall>into the bay.</span></p></article>"
    )
    assert texts(found) == [ONE, "Two cranes fell into the bay."]


def test_a_heading_goes_with_the_text_below_it() -> None:
    found = extracted(
        f"<article>{paragraphs(ONE, TWO)}<h2>What comes next</h2>{paragraphs(FOUR)}"
        "<h2>More on this</h2><ul><li><a href=/1>Ferries late</a></li></ul></article>"
    )
    assert texts(found) == [ONE, TWO, "What comes next", FOUR]
    assert fates(found)["More on this"] == "html: heading of what was cut"


def test_captions_are_told_apart_from_the_text() -> None:
    found = extracted(
        f"<article>{paragraphs(ONE)}<figure><img src=a><figcaption>The port at dawn.</figcaption></figure>"
        f"<div class=photo-caption>Cranes on the pier. Photo: A. Hill</div>{paragraphs(TWO)}"
        f"<p><img src=b.jpg>Ships at anchor</p>{paragraphs(THREE)}</article>"
    )
    assert texts(found) == [ONE, TWO, THREE]
    captions = [block.text for block in found.blocks if block.verdict.fate is Fate.CAPTION]
    assert captions == ["The port at dawn.", "Cranes on the pier. Photo: A. Hill", "Ships at anchor"]


def test_what_shares_a_box_with_a_picture_is_its_caption_or_a_card_and_no_sentence_of_the_text() -> None:
    picture = "<div class=x1><div><img src=a.jpg></div><div>{}</div>{}</div>"
    caption, card, section = (
        "Cranes lie in the bay.",
        "A second bridge is planned.",
        "It has three piers and two cranes.",
    )
    found = extracted(
        f"<div>{paragraphs(ONE, TWO)}{picture.format(caption, '')}{paragraphs(THREE)}"
        f"{picture.format(card, '<a href=/bridge>More on the bridge</a>')}{paragraphs(FOUR)}"
        f"<div><img src=b.jpg><h2>The northern pier</h2><p>{section}</p></div></div>"
    )
    assert texts(found) == [ONE, TWO, THREE, FOUR, "The northern pier", section]
    assert (fates(found)[caption], fates(found)[card]) == ("html: caption", "html: story card")


def test_a_text_of_pictures_with_a_sentence_each_is_kept() -> None:
    items = "".join(f"<div><img src=a.jpg><div>{text}</div></div>" for text in (ONE, TWO, THREE))
    assert texts(extracted(f"<div>{items}</div>")) == [ONE, TWO, THREE]


def test_what_is_said_of_the_author_below_the_text_is_no_text() -> None:
    bio = "Ann Hill is a writer in Aveline who has covered ports and ships for twenty years."
    found = extracted(f"<div>{paragraphs(ONE, TWO, THREE, bio)}</div>", json_ld(headline="Harbour", author="Ann Hill"))
    assert texts(found) == [ONE, TWO, THREE]
    assert found.blocks[-1].verdict.fate is Fate.BIO
    other = extracted(f"<div>{paragraphs(ONE, TWO, THREE, bio)}</div>", json_ld(headline="Harbour", author="Tom Reed"))
    assert texts(other) == [ONE, TWO, THREE, bio]
    asked = "Courier News has asked the council for the minutes of its last three meetings."
    head = json_ld(
        headline="Harbour", author="Courier News", publisher={"@type": "Organization", "name": "Courier News"}
    )
    assert texts(extracted(f"<div>{paragraphs(ONE, TWO, asked)}</div>", head)) == [ONE, TWO, asked]


def test_an_introduction_that_no_description_repeats_is_the_beginning_of_the_text() -> None:
    long = f"{ONE} {OTHER} {ONE}"
    found = extracted(
        f"<article><h1>Harbour reopens</h1><p class=intro>{long}</p><div>{paragraphs(TWO, THREE, FOUR)}</div>"
    )
    assert texts(found) == [long, TWO, THREE, FOUR]
    assert found.metadata.deck is None


def test_a_quote_that_a_paragraph_says_as_well_is_cut_and_a_line_that_comes_again_is_not() -> None:
    quote = "„We counted every rope in the northern shed twice before we left“"
    says = f"{quote}, said Ines Marrow, who has run the port of Aveline since spring."
    again = "One cup of berries, two spoons of nuts and a glass of milk"
    longer = f"{again}, half a lemon"
    found = extracted(
        f"<div>{paragraphs(ONE, TWO)}<div>{quote}</div>{paragraphs(says, again, again, longer, THREE)}</div>"
    )
    assert texts(found) == [ONE, TWO, says, again, again, longer, THREE]
    assert fates(found)[quote] == "html: pull quote"


def test_an_introduction_above_the_body_is_all_text_however_long_it_is() -> None:
    intro = [f"{text} It is the {number}th time in a year." for number, text in enumerate([ONE, TWO, THREE] * 4)]
    body = [f"{text} It is the {number}th time in ten years." for number, text in enumerate([FOUR, OTHER] * 30)]
    found = extracted(
        f"<main><h1>Harbour reopens</h1>{paragraphs(*intro)}<div class=article-body>{paragraphs(*body)}</div>"
    )
    assert texts(found) == intro + body


def test_lists_and_tables_of_the_article_are_part_of_it() -> None:
    found = extracted(
        f"<article>{paragraphs(ONE, TWO)}<ul><li>Pier one is open.</li><li>Pier two stays closed.</li></ul>"
        f"<table><tr><td>Ships waiting</td><td>11</td></tr></table>{paragraphs(THREE)}</article>"
    )
    assert texts(found) == [
        ONE,
        TWO,
        "Pier one is open.",
        "Pier two stays closed.",
        "Ships waiting",
        "11",
        THREE,
    ]


def test_two_line_breaks_part_paragraphs_and_one_does_not() -> None:
    found = extracted(f"<div class=story-body>{ONE}<br><br>{TWO}<br>{THREE}</div>")
    assert texts(found) == [ONE, f"{TWO} {THREE}"]


def test_the_deck_is_found_above_the_body_and_is_a_field_of_its_own() -> None:
    deck = "Four days after the storm the first ferries have left the port, and the council counts its losses."
    found = extracted(
        f"<header><h1>Harbour reopens after the storm</h1><p class=standfirst>{deck}</p><p>{FOUR}</p></header>"
        f"<div class=article-body>{paragraphs(ONE, TWO, THREE)}</div>"
    )
    assert found.metadata.deck == deck
    assert texts(found) == [FOUR, ONE, TWO, THREE]
    assert fates(found)[deck] == "html: deck"
    assert fates(found)["Harbour reopens after the storm"] == "html: title"


def test_a_live_blog_keeps_its_entries_and_says_what_it_is() -> None:
    entries = "".join(
        f"<article><time datetime=2025-03-14T0{hour}:10Z>0{hour}.10</time><h3>Entry {hour}</h3><p>{text}</p></article>"
        for hour, text in enumerate((ONE, TWO, THREE, FOUR), start=1)
    )
    head = json_ld("LiveBlogPosting", headline="Storm, live")
    found = extracted(f"<main><h1>Storm, live</h1>{entries}</main>", head)
    assert found.doc_type == "live_blog"
    assert {ONE, TWO, THREE, FOUR, "Entry 1", "Entry 4"} <= set(texts(found))


def test_a_page_behind_a_paywall_is_labelled_and_not_hidden() -> None:
    head = json_ld(headline="Harbour", isAccessibleForFree="False")
    found = extracted(f"<article>{paragraphs(ONE)}<div class=paywall>Subscribe to read on.</div></article>", head)
    assert found.doc_type == "stub"
    assert found.metadata.paywalled is True
    assert texts(found) == [ONE]


def test_json_ld_speaks_where_the_page_shows_far_less() -> None:
    head = json_ld(headline="Harbour", articleBody="\n\n".join((ONE, TWO, THREE, FOUR)))
    found = extracted(f"<article>{paragraphs(ONE)}</article>", head)
    assert found.method == "jsonld"
    assert texts(found) == [ONE, TWO, THREE, FOUR]
    shown = extracted(f"<article>{paragraphs(ONE, TWO, FOUR)}</article>", head)
    assert shown.method == "blocks"
    assert texts(shown) == [ONE, TWO, FOUR]


def test_an_outlets_selectors_go_before_everything_else(rules: Rules) -> None:
    markup = page(
        f"<div class=big>{paragraphs(OTHER, OTHER, OTHER)}</div><span class=who>By Ann Hill</span>"
        f"<b class=when>14 March 2025</b><div id=t>{paragraphs(ONE, TWO)}<p class=promo>{FOUR}</p></div>"
    )
    found = extract(markup, Selectors(body="#t", remove=".promo", byline=".who", date=".when"), words=rules.vocabulary)
    assert isinstance(found, Page)
    assert (found.method, texts(found)) == ("selectors", [ONE, TWO])
    assert found.metadata.authors == ("Ann Hill",)
    assert found.metadata.published is not None
    assert found.metadata.published.at.date().isoformat() == "2025-03-14"
    assert fates(found)[FOUR] == "html: remove selector"


def test_selectors_that_select_nothing_leave_the_page_to_its_mass() -> None:
    found = extract(page(f"<article>{paragraphs(ONE, TWO)}</article>"), Selectors(body=".gone"))
    assert isinstance(found, Page)
    assert (found.method, texts(found)) == ("blocks", [ONE, TWO])


def test_text_that_no_reader_sees_is_no_block() -> None:
    found = extracted(
        "<script>var a = 'x';</script><style>p {}</style><noscript>Turn on scripts</noscript><!-- note -->"
        "<template><p>T</p></template><svg><title>icon</title></svg><iframe>old</iframe>"
        f"<article>{paragraphs(ONE, TWO)}</article>"
    )
    assert [block.text for block in found.blocks] == [ONE, TWO]


def test_hidden_text_is_a_block_and_not_of_the_body() -> None:
    found = extracted(f"<article>{paragraphs(ONE, TWO)}<p style='display:none'>{OTHER}</p></article>")
    assert texts(found) == [ONE, TWO]
    assert fates(found)[OTHER] == "html: hidden"


def test_the_hidden_rest_of_a_paid_article_is_read_and_another_hidden_page_is_not() -> None:
    hidden = "<div style='display:none'>{}</div>"
    found = extracted(f"<article><p>{ONE}</p>{hidden.format(paragraphs(TWO, THREE, FOUR))}</article>")
    assert texts(found) == [ONE, TWO, THREE, FOUR]
    found = extracted(
        f"<article>{paragraphs(ONE, TWO)}</article>"
        + hidden.format(f"<h1>A second bridge</h1>{paragraphs(OTHER, OTHER + ' In May.')}")
    )
    assert texts(found) == [ONE, TWO]


def test_a_card_is_another_story_only_if_it_links_to_one() -> None:
    found = extracted(
        f"<article>{paragraphs(ONE, TWO)}<div class=card><h3>Pier one</h3><p>{FOUR}</p></div>"
        f"<div class=card><h3><a href=/b>A second bridge</a></h3><p>{OTHER}</p></div>{paragraphs(THREE)}</article>"
    )
    assert texts(found) == [ONE, TWO, "Pier one", FOUR, THREE]
    assert fates(found)[OTHER] == "html: card"


def test_short_texts_beside_pictures_stay_where_they_are_much_of_the_text() -> None:
    tools = "".join(f"<p><img src={n}.jpg>A rope of {n} fathoms, tarred and spliced by hand</p>" for n in range(9))
    found = extracted(f"<article>{paragraphs(ONE, TWO)}{tools}</article>")
    assert len(texts(found)) == 11


def test_a_page_that_scripts_build_is_read_from_their_data() -> None:
    story = json.dumps({"story": {"text": paragraphs(ONE, TWO, THREE, FOUR)}, "menu": ["Home", "Sport"]})
    stream = f'7:T{len(paragraphs(ONE, TWO, THREE, FOUR)):x},{paragraphs(ONE, TWO, THREE, FOUR)}8:["$","div"]'
    pieces = "".join(f"<script>self.__f.push({json.dumps([1, part])})</script>" for part in (stream[:90], stream[90:]))
    for data in (f"<script type=application/json>{story}</script>", pieces):
        found = extracted(f"<div id=root></div>{data}")
        assert texts(found) == [ONE, TWO, THREE, FOUR]
        assert (found.method, found.blocks[0].verdict.rule) == ("fallback", "html: script data")


_ELEMENTS = "p div span a b br h1 h2 li ul td tr table article nav figure figcaption aside section img"
_TAGS = st.sampled_from(_ELEMENTS.split())
_NAMES = st.sampled_from(["", " class=ad", " class=article-body", " id=comments", " hidden", " href=/x"])
_WORDS = st.text(alphabet="abcdefgh ", min_size=1, max_size=90)
_SOUP = st.lists(st.one_of(st.builds("<{}{}>".format, _TAGS, _NAMES), st.builds("</{}>".format, _TAGS), _WORDS))


@given(_SOUP)
@settings(max_examples=200, deadline=None)
def test_every_visible_text_has_exactly_one_fate(soup: list[str]) -> None:
    shown = "".join("".join(piece for piece in soup if not piece.startswith("<")).split())
    found = extract("<body>" + "".join(soup))
    if isinstance(found, Page):
        # Text that a table may not hold is moved in front of it: letters are compared, not their order.
        assert sorted("".join("".join(block.text.split()) for block in found.blocks)) == sorted(shown)
        assert all(block.verdict.rule for block in found.blocks)
        assert found.text
    else:
        assert found.code in {"no_text", "no_article"}


LD = """<script type="application/ld+json">{"@graph": [
    {"@type": "Person", "@id": "#ann", "name": "Ann Hill"},
    {"@type": ["NewsArticle"], "headline": "Harbour re&#39;opens", "author": [{"@id": "#ann"},
     {"name": "Tom Reed"}],
     "datePublished": "2025-03-14T06:12:00+0530", "dateModified": "2025-03-15", "articleSection": "Coast",
     "keywords": ["storm", "ports"], "publisher": {"name": "The Courier"}, "inLanguage": "en-GB", }
    ]}</script>"""
METAS = """<meta property=og:title content="Harbour reopens | The Courier"><meta name=author content="Desk">
    <meta property=article:published_time content="2025-03-13T23:00:00Z"><link rel=canonical
    href=https://courier.example/2025/03/12/harbour>"""


def test_json_ld_goes_before_meta_elements() -> None:
    fields = extracted(paragraphs(ONE, TWO), LD + METAS).metadata
    assert fields.title == "Harbour re'opens"
    assert fields.authors == ("Ann Hill", "Tom Reed")
    assert fields.published is not None
    assert fields.published.at == datetime(2025, 3, 14, 0, 42, tzinfo=UTC)
    assert (fields.published.precision, fields.published.source) == ("second", "jsonld")
    assert fields.modified is not None
    assert (fields.modified.at.date().isoformat(), fields.modified.precision) == ("2025-03-15", "day")
    assert (fields.site, fields.section, fields.tags) == ("The Courier", "Coast", ("storm", "ports"))
    assert (fields.url, fields.language) == ("https://courier.example/2025/03/12/harbour", "en")


def test_meta_elements_go_before_the_page_and_the_page_before_its_address() -> None:
    fields = extracted(paragraphs(ONE, TWO), METAS + "<meta property=og:site_name content='The Courier'>").metadata
    assert (fields.title, fields.authors) == ("Harbour reopens", ("Desk",))
    assert fields.published is not None
    assert fields.published.source == "meta"
    link = "<link rel=canonical href=https://courier.example/2025/03/12/harbour>"
    shown = extracted(f"<time datetime=2025-03-13>13 March</time>{paragraphs(ONE, TWO)}", link).metadata.published
    assert shown is not None
    assert (shown.at.date().isoformat(), shown.source) == ("2025-03-13", "dom")
    addressed = extracted(paragraphs(ONE, TWO), link).metadata.published
    assert addressed is not None
    assert (addressed.at.date().isoformat(), addressed.source) == ("2025-03-12", "url")


def test_a_date_at_the_end_of_the_pages_title_is_when_it_appeared() -> None:
    published = extracted(
        paragraphs(ONE, TWO), "<title>Harbour reopens | The Courier | 28.04.2023</title>"
    ).metadata.published
    assert published is not None
    assert (published.at.date().isoformat(), published.precision) == ("2023-04-28", "day")


def test_a_byline_and_a_date_line_are_read_where_the_page_declares_neither(rules: Rules) -> None:
    body = f"<h1>Harbour reopens</h1><p>By Ann Hill and Tom Reed</p><p>14 March 2025</p>{paragraphs(ONE, TWO)}"
    found = extract(page(f"<article>{body}</article>"), words=rules.vocabulary, agencies=rules.agencies)
    assert isinstance(found, Page)
    assert found.metadata.authors == ("Ann Hill", "Tom Reed")
    assert found.metadata.published is not None
    assert found.metadata.published.at.date().isoformat() == "2025-03-14"


def test_a_line_of_several_facts_above_the_text_gives_author_and_date_and_is_none_of_it(rules: Rules) -> None:
    facts = "Fri 14.03.25 | 14:07 Uhr | Von Ann Hill"
    dated = "Aktualisiert am 15.03.2025 - 9:30 UhrLesedauer: 2 Min."
    body = f"<div><h2>Harbour - Harbour reopens after the storm</h2>{paragraphs(facts, dated, ONE, TWO, THREE)}</div>"
    found = extract(page(body), words=rules.vocabulary, agencies=rules.agencies)
    assert isinstance(found, Page)
    assert texts(found) == [ONE, TWO, THREE]
    assert found.metadata.authors == ("Ann Hill",)
    assert found.metadata.published is not None
    assert found.metadata.published.at == datetime(2025, 3, 14, 14, 7, tzinfo=UTC)


def test_a_byline_may_stand_below_the_first_paragraph_and_not_below_others(rules: Rules) -> None:
    long = f"{ONE} {TWO}"
    above, below = "von Ann Hill", "von Tom Reed"
    body = f"<div>{paragraphs(long, above, long, below, THREE)}</div>"
    found = extract(page(body), words=rules.vocabulary, agencies=rules.agencies)
    assert isinstance(found, Page)
    assert texts(found) == [long, long, below, THREE]


@pytest.mark.parametrize(
    "head",
    [
        json_ld(headline="Harbour", author={"@type": "Organization", "name": "courier.example"}),
        json_ld(headline="Harbour", author={"@type": "Person", "name": "The Harbour Courier"}),
        "<meta name=author content='THC'>",
        "<meta name=author content='courier'>",
    ],
)
def test_a_byline_says_more_than_the_outlet_that_stands_for_its_authors(head: str, rules: Rules) -> None:
    head += "<meta property=og:site_name content='The Harbour Courier'>"
    head += "<link rel=canonical href=https://www.courier.example/harbour>"
    found = extract(page(f"<h1>Harbour</h1><p>By Ann Hill</p>{paragraphs(ONE, TWO)}", head), words=rules.vocabulary)
    assert isinstance(found, Page)
    assert found.metadata.authors == ("Ann Hill",)
    unsigned = extract(page(f"<h1>Harbour</h1>{paragraphs(ONE, TWO)}", head), words=rules.vocabulary)
    assert isinstance(unsigned, Page)
    assert len(unsigned.metadata.authors) == 1


def test_an_author_is_read_however_json_ld_names_them() -> None:
    people = [
        {"@type": "Person", "givenName": "Ann Maria", "familyName": "Hill"},
        {"@type": "Person", "name": "Tom Reed, professor of the law of the sea in Aveline, courier.example"},
        {"@type": "Organization", "name": "Northern Press (www.npa.example)"},
    ]
    fields = extracted(paragraphs(ONE, TWO), json_ld(headline="Harbour", author=people)).metadata
    assert fields.authors == ("Ann Maria Hill", "Tom Reed", "Northern Press")


def test_the_outlet_is_no_author_beside_another_and_a_role_is_no_name() -> None:
    head = "<meta property=og:site_name content='The Courier'><meta name=author content='The Courier'>"
    head += "<meta name=author content='신현주 기자'>"
    assert extracted(paragraphs(ONE, TWO), head).metadata.authors == ("신현주",)


def test_a_long_byline_is_read_as_far_as_its_names(rules: Rules) -> None:
    about = "who has covered ports and ships and all that goes by sea for twenty years " * 2
    body = f"<h1>Harbour</h1><div class=byline>Written by Ann Hill, {about}</div>{paragraphs(ONE, TWO)}"
    found = extract(page(body), words=rules.vocabulary)
    assert isinstance(found, Page)
    assert found.metadata.authors == ("Ann Hill",)


def test_the_headline_that_readers_see_goes_before_what_json_ld_alone_calls_it() -> None:
    head = json_ld(headline="Harbour news: ferries") + "<meta property=og:title content='Ferries run again | Courier'>"
    head += "<meta property=og:site_name content=Courier>"
    seen = extracted(f"<h1>Ferries run again</h1>{paragraphs(ONE, TWO)}", head)
    assert seen.metadata.title == "Ferries run again"
    unseen = extracted(f"<h1>Ferries are back</h1>{paragraphs(ONE, TWO)}", head)
    assert unseen.metadata.title == "Harbour news: ferries"


def test_an_entity_that_was_escaped_twice_is_a_character() -> None:
    fields = extracted(
        paragraphs(ONE, TWO), json_ld(headline="Ships &amp;amp; sails &amp;#8230; and AT&amp;T")
    ).metadata
    assert fields.title == "Ships & sails … and AT&T"


def test_a_headline_in_pieces_is_the_title_and_no_subhead() -> None:
    pieces = "<h1><span>Harbour</span><div style='display:none'>:</div><div>ferries run again</div></h1>"
    found = extracted(
        f"<article>{pieces}{paragraphs(ONE, TWO)}</article>", json_ld(headline="Harbour: ferries run again")
    )
    assert texts(found) == [ONE, TWO]
    halves = "<h2>Storm over the harbour</h2><h3>Ferries run again since Monday</h3>"
    title = "Storm over the harbour: Ferries run again since Monday"
    found = extracted(f"<article>{halves}{paragraphs(ONE, TWO)}</article>", f"<title>{title}</title>")
    assert [block.verdict.rule for block in found.blocks] == ["html: title"] * 2 + ["html: body"] * 2


def test_a_heading_of_a_menu_is_not_the_title() -> None:
    body = f"<article><h1>Harbour reopens after the storm</h1>{paragraphs(ONE, TWO)}<h1>What we saw</h1>"
    found = extracted(f"{body}{paragraphs(THREE)}</article><h1>Create a new password</h1>")
    assert texts(found) == [ONE, TWO, "What we saw", THREE]


def test_the_data_for_scripts_says_when_it_appeared_where_nothing_else_does() -> None:
    data = json.dumps({"story": {"publishedAt": "2025-03-14T06:12:00+05:30", "title": "Harbour"}})
    for script in (data, f"self.push({json.dumps(data)})"):
        published = extracted(f"{paragraphs(ONE, TWO)}<script>{script}</script>").metadata.published
        assert published is not None
        assert published.at == datetime(2025, 3, 14, 0, 42, tzinfo=UTC)
    two_days = f'{data}; next({{"pub_date": "2025-03-15"}})'
    assert extracted(f"{paragraphs(ONE, TWO)}<script>{two_days}</script>").metadata.published is None
    other_dates = '{"buildDate": "2025-03-14", "released": "2025-03-13", "publisherDate": "2025-03-12"}'
    assert extracted(f"{paragraphs(ONE, TWO)}<script>{other_dates}</script>").metadata.published is None


@pytest.mark.parametrize(
    "date", ["0000-00-00", "2024-02-30", "03/04/2025", "9999-12-31T23:59:59-14:00", "now", "", "1e999"]
)
def test_an_odd_date_is_no_date(date: str) -> None:
    assert extracted(paragraphs(ONE, TWO), f'<meta name=date content="{date}">').metadata.published is None


def test_dates_inside_the_text_are_not_when_it_appeared(rules: Rules) -> None:
    text = "On 14 March 2025 the northern pier fell into the sea, and nobody has built it up again since then."
    found = extract(page(paragraphs(text, ONE)), words=rules.vocabulary)
    assert isinstance(found, Page)
    assert found.metadata.published is None


def test_a_clock_without_a_zone_takes_the_zone_that_the_page_names_for_it() -> None:
    head = json_ld(headline="Harbour", datePublished="2025-03-14T01:00:00")
    head += '<meta property=article:published_time content="2025-03-14T01:00:00+05:00">'
    published = extracted(paragraphs(ONE, TWO), head).metadata.published
    assert published is not None
    assert published.at == datetime(2025, 3, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        "{",
        "[" * 100_000,
        '{"@type": 5, "author": {"name": {"a": []}}}',
        '{"a": ' + "9" * 5000 + "}",
        "null",
        "\ud800",
    ],
    ids=["cut", "deep", "odd types", "huge number", "null", "surrogate"],
)
def test_odd_json_ld_is_passed_over(head: str) -> None:
    found = extracted(paragraphs(ONE, TWO), f'<script type="application/ld+json">{head}</script>')
    assert texts(found) == [ONE, TWO]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"<article><p>{ONE}<p>{TWO}<div><b>Then</article>", [ONE, TWO]),
        (f"<p>{ONE}</div></p></span><p>{TWO}</body></html><p>{THREE}", [ONE, TWO, THREE]),
        (f"<table><p>{ONE}</p><tr><p>{TWO}</table>", [ONE, TWO]),
        (f"<p title='a > b' {'x' * 500}>{ONE}</p><p>{TWO}", [ONE, TWO]),
    ],
)
def test_broken_markup_gives_what_a_browser_would_show(body: str, wanted: list[str]) -> None:
    assert texts(extracted(body)) == wanted


def test_text_of_every_script_is_kept_as_it_is() -> None:
    dense = "昨年の元日に起きた地震を受け、港の通信環境の整備が全国で進められる中、不感地帯の解消が図られた。"
    right = "أعلن المجلس يوم الاثنين أن الميناء أعيد فتحه بعد أربعة أيام وأن جميع العبارات تعمل من جديد."
    found = extracted(f"<div class=x>{paragraphs(dense, right)}</div><ul><li><a href=/>トップ</a></li></ul>")
    assert texts(found) == [dense, right]


def test_control_characters_are_taken_out() -> None:
    found = extracted(f"<article><p>\x00{ONE}\x0b\x1b</p>{paragraphs(TWO)}</article>")
    assert texts(found) == [ONE, TWO]


@pytest.mark.parametrize("depth", [256, 300, 2_100, 20_000])
def test_no_text_is_lost_to_depth(depth: int) -> None:
    assert texts(extracted("<div>" * depth + paragraphs(ONE, TWO))) == [ONE, TWO]


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ("<div>" * 100_000 + paragraphs(ONE), "too_deep"),
        ("<ul><li>" * 100_000 + paragraphs(ONE), "too_deep"),
        ("".join(f"<b a{n}>" for n in range(100_000)), "too_deep"),
        ("<p " + " ".join(f"a{n}=1" for n in range(300_000)) + ">" + paragraphs(ONE), "hostile"),
        ("<p " + " ".join(f"a{n}='>'" for n in range(300_000)) + ">" + paragraphs(ONE), "hostile"),
        ("<p>x" * 1_000_000, "too_large"),
        (paragraphs(ONE) * 400_000, "too_large"),
        ("<!--" * 300_000 + paragraphs(ONE), "no_text"),
        ("<template>" * 50_000, "no_text"),
        ("", "no_text"),
        ("<nav>Home</nav>", "no_article"),
    ],
    ids=str,
)
def test_a_page_that_cannot_be_read_says_why_and_soon(markup: str, code: str) -> None:
    start = time.process_time()
    found = extract(markup)
    assert isinstance(found, Rejected)
    assert (found.stage, found.code) == ("extract", code)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "noise",
    [
        "<" * 1_000_000,
        "<![CDATA[" * 100_000,
        "<?" * 100_000,
        "</" * 100_000,
        "<!-- x -->" * 200_000,
        "<table>" * 100_000,
        "<table><tr><td>" * 30_000,
        "<p>" + "&amp;" * 500_000 + "</p>",
        f"<p class='{'ad ' * 1_000_000}'>x</p>",
        f"<meta name=author content='{'Ann Hill, ' * 100_000}'>",
        f"<title>{'a ' * 1_000_000}</title>",
        "<time datetime=x>x</time>" * 50_000,
        "<p>" + " " * 5_000_000 + "</p>",
        "<p>a" + "\u0301\u0316" * 200_000 + "</p>",
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>" + "<p>&b;</p>" * 1000,
    ],
    ids=lambda noise: noise[:12],
)
def test_a_hostile_page_ends_soon_and_loses_no_text(noise: str) -> None:
    start = time.process_time()
    found = extract(paragraphs(ONE, TWO) + noise)
    assert isinstance(found, Page)
    assert {ONE, TWO} <= set(fates(found))
    assert time.process_time() - start < 10


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text_is_a_page_or_rejected(markup: str) -> None:
    found = extract(markup)
    if isinstance(found, Page):
        assert found.text
        found.text.encode()
        assert 0 <= found.confidence <= 1
