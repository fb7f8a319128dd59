"""What class names, ids and elements give away: tables for people to read and extend.

A name is cut into words at everything that is no letter and where a capital follows a small letter:
``ArticleBody__relatedLinks`` is article, body, related, links.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from newsmill.fates import Fate, Verdict


class Furniture(NamedTuple):
    """A kind of box that is not the article, and the words that name it.

    ``words`` are whole words, ``stems`` the beginnings of words, ``pairs`` two words in a row, ``classes``
    whole classes. What is ``firm`` is furniture unless it holds nearly all there is to read; other kinds name
    boxes that articles stand in as well. What is ``linked`` is furniture only with a link to another page in it.
    """

    verdict: Verdict
    firm: bool
    linked: bool = False
    words: str = ""
    stems: str = ""
    pairs: str = ""
    classes: str = ""


def _cut(fate: Fate, rule: str) -> Verdict:
    return Verdict(fate, False, f"html: {rule}")


#: In the order in which they are tried.
FURNITURE: dict[str, Furniture] = {
    "hidden": Furniture(
        _cut(Fate.NAV, "hidden"), firm=True,
        classes="""
            hidden hide invisible offscreen sr-only visually-hidden visuallyhidden screen-reader-text
            screenreader-text u-hidden is-hidden d-none print-only element-invisible show-for-sr
            assistive-text a11y-hidden
        """,
    ),
    "caption": Furniture(
        _cut(Fate.CAPTION, "caption"), firm=True,
        words="""
            caption captions figcaption bildunterschrift legend legende bijschrift kuvateksti bildtext
            imagecredit photocredit credit credits copyright cutline
        """,
        stems="imagecaption photocaption mediacaption figcaption",
        pairs="wp-caption image-description image-info photo-info media-info",
    ),
    "byline": Furniture(
        _cut(Fate.BYLINE, "byline"), firm=True,
        words="""
            byline bylines autor autoren autorin auteur timestamp datetime dateline pubdate publishdate
            postmeta entrymeta articlemeta authors metadata
        """,
        stems="byline authorinfo authorbox authorname",
        pairs="""
            author-name author-info author-date author-line article-author article-authors post-author
            article-date post-date publish-date published-date entry-meta post-meta article-meta
            article-info post-info article-timestamp reading-time read-time article-header-meta
            posted-on date-published last-updated entry-date
        """,
    ),
    "share": Furniture(
        _cut(Fate.SHARE, "share"), firm=True,
        words="""
            share sharing shares social socials sharebar sharetools sharebuttons sharedaddy addthis
            addtoany socialmedia follow teilen partager compartir condividi
        """,
        stems="sharing socialshare socialbar shareb sharet sharelinks",
        pairs="a2a-kit jp-relatedposts",
    ),
    "newsletter": Furniture(
        _cut(Fate.NEWSLETTER, "newsletter"), firm=True,
        words="signup optin mailchimp mailing",
        stems="newsletter subscri abonn emailsignup",
        pairs="sign-up email-signup mailing-list opt-in",
    ),
    "comment": Furniture(
        _cut(Fate.COMMENT, "comments"), firm=True,
        words="""
            disqus respond kommentare kommentar commentaires comentarios reacties forum livefyre
            viafoura coral reactions discussion
        """,
        stems="comment disqus",
    ),
    "related": Furniture(
        _cut(Fate.RELATED, "related"), firm=True,
        words="""
            related recommended recommendations recommendation recirc recirculation readmore outbrain
            taboola mostread mostpopular mostviewed trending popular similar teasers upnext nextup
            morestories morefrom mehr verwandt linkbox readnext alsoread crosslinks moreon verwante
            suggested zergnet revcontent onward nextarticle prevnext latestnews latest weiterlesen
            newsfeed seealso
        """,
        stems="""
            related recommend recirc mostread mostpop outbrain taboola relacionad verwandt similarposts
            readmore morestor
        """,
        pairs="""
            read-more read-also also-read see-also read-next most-read most-popular most-viewed
            more-stories more-news more-from more-on up-next next-article next-post prev-next
            post-navigation top-stories latest-news inline-links link-list article-list news-list
            news-feed further-reading liens-connexes a-lire lire-aussi leggi-anche lee-tambien mehr-zum
            in-article-link linked-article further-articles story-card article-card news-card
            content-card card-list latest-posts recent-posts recent-news other-news editors-picks
            post-list story-list
        """,
    ),
    "ad": Furniture(
        _cut(Fate.AD, "advertisement"), firm=True,
        words="""
            ad ads adv advert advertisement advertising adslot adsbygoogle adunit adbox adcontainer
            adwrapper dfp sponsor sponsored werbung anzeige anzeigen publicite publicidad pubblicita
            reklama reklame annonce adslots googlead leaderboard mpu doubleclick adplaceholder admanager
        """,
        stems="advert adslot sponsor google_ads affiliate",
    ),
    "tags": Furniture(
        _cut(Fate.TAGS, "tags"), firm=True,
        words="""
            tags taglist tagcloud keywords topics schlagworte categories hashtags tagged etiquetas
            labels
        """,
        stems="taglist tagcloud",
        pairs="""
            tag-list post-tags article-tags topic-list tag-links cat-links post-categories
            article-topics entry-tags category-list topic-links tags-links tag-container
        """,
    ),
    "bio": Furniture(
        _cut(Fate.BIO, "author box"), firm=True,
        words="bio authorbio aboutauthor biography",
        stems="authorbio",
        pairs="""
            author-bio author-box about-author author-card author-profile author-description
            author-details about-the author-block author-about
        """,
    ),
    "support": Furniture(
        _cut(Fate.SUPPORT, "appeal"), firm=False,
        words="""
            donate donation donations contribution paywall regwall piano membership upsell offer plusbox
            subscriptionwall
        """,
        stems="paywall donat",
    ),
    "navigation": Furniture(
        _cut(Fate.NAV, "navigation"), firm=True,
        words="""
            nav navbar navigation menu menus breadcrumb breadcrumbs crumbs brotkrumen pagination pager
            paging toc skiplink skiplinks topbar toolbar masthead megamenu submenu dropdown hamburger
            tabs jumplinks offcanvas actions buttons searchbox searchform
        """,
        stems="breadcrumb navi subnav sitenav mainnav",
        pairs="""
            site-header page-header-nav table-contents skip-link skip-to search-form search-box
            site-search global-header main-header header-top top-bar
        """,
    ),
    "footer": Furniture(
        _cut(Fate.FOOTER, "footer"), firm=True,
        words="footer footnav impressum colophon siteinfo sitefooter pagefooter",
        stems="sitefooter globalfooter",
    ),
    "notice": Furniture(
        _cut(Fate.NOTICE, "notice"), firm=True,
        words="""
            cookie cookies consent gdpr onetrust didomi popup modal overlay lightbox toast snackbar
            adblock tooltip dialog login loginbox correctionform survey poll polls quiz feedback rating
            ratings vote disclaimer errors error player videoplayer audioplayer texttospeech tts
        """,
        stems="cookie consent gdpr aisummar",
        pairs="ai-summary ai-content video-player audio-player text-speech listen-article",
    ),
    "card": Furniture(
        _cut(Fate.RELATED, "card"), firm=False, linked=True,
        words="card cards teaser product products widget widgets module",
        stems="widget",
    ),
    "box": Furniture(
        _cut(Fate.RELATED, "box beside the text"), firm=False,
        words="""
            sidebar aside promo promos promotion rail recap
            infobox factbox embed embedded callout cta marketing gallery
            slideshow carousel slider pullquote pulled marginalia rightrail leftrail sidenote
        """,
        stems="sidebar promo",
        pairs="right-rail left-rail right-column left-column pull-quote side-bar column-right",
    ),
}  # fmt: skip

#: Furniture by element, whatever its names are.
TAGS = {
    "nav": "navigation", "footer": "footer", "aside": "box", "figcaption": "caption", "button": "control",
    "select": "control", "textarea": "control", "label": "control", "input": "control", "form": "form",
    "menu": "navigation", "caption": "caption", "dialog": "notice", "legend": "control", "address": "byline",
}  # fmt: skip
#: By an element's role attribute.
ROLES = {
    "navigation": "navigation", "contentinfo": "footer", "complementary": "box", "banner": "navigation",
    "search": "control", "dialog": "notice", "alertdialog": "notice", "menu": "navigation",
    "menubar": "navigation",
    "tablist": "navigation", "toolbar": "share", "button": "control",
}  # fmt: skip
FURNITURE["control"] = Furniture(_cut(Fate.NAV, "control"), firm=True)
FURNITURE["form"] = Furniture(_cut(Fate.NAV, "form"), firm=False)

#: Names of the box that holds an article's body.
_ARTICLE_PAIRS = frozenset(
    [
        "article-body",
        "articlebody-x",
        "article-content",
        "article-text",
        "article-copy",
        "story-body",
        "story-content",
        "story-text",
        "post-content",
        "post-body",
        "post-text",
        "entry-content",
        "entry-body",
        "content-body",
        "body-content",
        "news-body",
        "news-content",
        "news-text",
        "body-copy",
        "body-text",
        "rich-text",
        "article-paragraphs",
        "td-post",
        "single-content",
        "text-content",
        "artikel-text",
        "article-main",
        "article-detail",
        "main-content",
        "blog-content",
        "page-content",
        "detail-content",
        "content-text",
        "caas-body",
        "article-inner",
        "articulo-cuerpo",
        "nota-cuerpo",
        "cuerpo-nota",
        "article-wysiwyg",
        "field-body",
        "body-main",
    ]
)
_ARTICLE_WORDS = frozenset(
    [
        "articlebody",
        "articlecontent",
        "articletext",
        "storybody",
        "storycontent",
        "storytext",
        "postcontent",
        "postbody",
        "entrycontent",
        "newsbody",
        "newscontent",
        "newstext",
        "bodytext",
        "bodycopy",
        "richtext",
        "artikeltext",
        "articlecopy",
        "wysiwyg",
    ]
)

#: Names of a deck, the text between headline and article.
_DECK_WORDS = frozenset(
    [
        "deck",
        "dek",
        "standfirst",
        "lead",
        "lede",
        "leadtext",
        "subtitle",
        "subtitulo",
        "subheadline",
        "subhead",
        "subheading",
        "subtitel",
        "summary",
        "intro",
        "introduction",
        "introtext",
        "chapo",
        "chapeau",
        "vorspann",
        "excerpt",
        "ingress",
        "preamble",
        "manchet",
        "perex",
        "sapo",
        "sapeau",
        "abstract",
        "teaser",
        "bajada",
        "entradilla",
        "copete",
        "sommario",
        "occhiello",
        "lid",
        "lidcontent",
        "undertitle",
        "underrubrik",
        "untertitel",
        "leadin",
    ]
)
_DECK_PAIRS = frozenset(
    ["sub-title", "sub-headline", "sub-heading", "article-description", "article-desc", "story-description"]
)
#: Words after which a name says what a box has, or has not, but not what it is.
_NEGATIONS = frozenset(["has", "with", "no", "not", "without", "is", "are", "hide", "show"])

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MAX_NAME = 240


def _index(kind: str) -> dict[str, str]:
    return {word: name for name, row in reversed(FURNITURE.items()) for word in getattr(row, kind).split()}


_BY_WORD, _BY_PAIR, _BY_STEM, _BY_CLASS = (_index(kind) for kind in ("words", "pairs", "stems", "classes"))
_STEMS = tuple(sorted(_BY_STEM, key=len, reverse=True))
_RANK = {kind: rank for rank, kind in enumerate(FURNITURE)}


class Cue(NamedTuple):
    """What a name gives away: a kind of furniture or None; whether it names the article's body or deck."""

    furniture: str | None
    article: bool
    deck: bool


_NOTHING = Cue(None, article=False, deck=False)


@lru_cache(maxsize=10_000)
def read_name(name: str) -> Cue:
    """Read what a class attribute and an id give away.

    >>> read_name("c-article__related-links").furniture, read_name("ArticleBody main").article
    ('related', True)
    >>> {read_name(name).furniture for name in ("download", "tag-politics", "has-caption", "print:hidden")}
    {None}
    """
    best: str | None = None
    article = deck = False
    for single in name[:_MAX_NAME].split():
        cue = _read_class(single)
        if cue is not _NOTHING:
            article = article or cue.article
            deck = deck or cue.deck
            if cue.furniture and (best is None or _RANK[cue.furniture] < _RANK[best]):
                best = cue.furniture
    return Cue(best, article, deck) if best or article or deck else _NOTHING


@lru_cache(maxsize=50_000)
def _read_class(single: str) -> Cue:
    if ":" in single:  # a class that holds at some width or state only
        return _NOTHING
    best = _BY_CLASS.get(single)
    article = deck = False
    previous = ""
    for part in _WORD.findall(single):
        word = part.lower()
        pair = f"{previous}-{word}"
        article = article or pair in _ARTICLE_PAIRS or word in _ARTICLE_WORDS
        deck = deck or word in _DECK_WORDS or pair in _DECK_PAIRS
        if previous not in _NEGATIONS:
            kind = _BY_PAIR.get(pair) or _BY_WORD.get(word) or _by_stem(word)
            if kind and (best is None or _RANK[kind] < _RANK[best]):
                best = kind
        previous = word
    return Cue(best, article, deck) if best or article or deck else _NOTHING


def _by_stem(word: str) -> str | None:
    if not word.startswith(_STEMS):
        return None
    return next(_BY_STEM[stem] for stem in _STEMS if word.startswith(stem))
