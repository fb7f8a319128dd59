"""The address of an article, written in one way, so that two records of one article are known to be."""

import re
from urllib.parse import SplitResult, urlsplit

_MAX_CHARS = 8_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f<>\"]")
_HOST = re.compile(r"[^\s/?#@:\[\]]+(?:\.[^\s/?#@:\[\]]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
_HEX = re.compile(r"%[0-9a-fA-F]{2}")
# Parameters that say how a reader came to the page, never which page it is.
_TRACKING = re.compile(
    r"utm_\w+|fb(?:clid|_(?:action_ids|action_types|source|ref))|[gd]clid|gclsrc|[gw]braid|ms(?:clk|cl)id|yclid|ysclid"
    r"|tt?wclid|ttclid|li_fat_id|igshi?d?|mc_[ce]id|_(?:ga|gl|hs(?:enc|mi))|mkt_tok|oly_(?:anon|enc)_id|vero_(?:conv|id)"
    r"|at_(?:medium|campaign|custom\d?|link_\w+|ptr_name|bbc_team|format|campaign_type)|xtor|wt\.?_?mc(?:_\w+)?|s_cid|smid"
    r"|smtyp|ncid|cmpid|icid|ocid|guccounter|guce_referrer(?:_sig)?|__twitter_impression|spm",
    re.IGNORECASE,
)


def canonical_address(url: str) -> str | None:
    """Write an article's web address in the one way; None for what is none.

    Scheme and host in lower case, no default port, no user, no fragment, and of the query only what can say which
    article it is: tracking parameters are dropped, the others keep their order.

    >>> canonical_address("HTTPS://www.Courier.example:443/a?id=7&utm_source=x&fbclid=y#top")
    'https://www.courier.example/a?id=7'
    >>> canonical_address("javascript:alert(1)") is canonical_address("/a.html") is None
    True
    """
    url = url.strip()
    if len(url) > _MAX_CHARS or _NO_ADDRESS.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = _host(parts)
    except ValueError:
        return None
    if host is None:
        return None
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    address = f"{parts.scheme}://{host}{parts.path or '/'}{'?' if query else ''}{query}"
    return _HEX.sub(lambda m: m[0].upper(), address)


def is_front_page(address: str) -> bool:
    """Whether a canonical address leads to a whole outlet: its page changes, and is no article.

    >>> is_front_page("https://courier.example/"), is_front_page("https://courier.example/?id=7")
    (True, False)
    """
    return address.count("/") == 3 and address.endswith("/")


def _host(parts: SplitResult) -> str | None:
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.rstrip(".")
    if not _HOST.fullmatch(host):
        return None
    port = parts.port
    return host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"


def _is_tracking(pair: str) -> bool:
    return _TRACKING.fullmatch(pair.partition("=")[0]) is not None
