"""The language of a text, and its length in words."""

import re

import pycld2

# So much of a text tells the language of nearly all; where it does not, more is read.
_SAMPLES_CHARS = (250, 600)
_MIN_CHARS = 20
# CLD2's own codes where they are not ISO 639-1.
_ISO = {
    "iw": "he",
    "jw": "jv",
    "zh-Hant": "zh",
    "no": "no",
    "nn": "no",
    "sr-ME": "sr",
    "mo": "ro",
    "tl": "tl",
    "un": None,
}

_UNSPACED_LANGUAGES = frozenset(("ja", "km", "lo", "my", "th", "zh"))
# Scripts that are written without spaces: each of their characters counts as a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def detect_language(text: str) -> str | None:
    """Give the ISO 639-1 code of a text's language, or None where it is not certain.

    >>> detect_language("The council has rejected the plan for a second bridge over the river.")
    'en'
    >>> detect_language("12:30 – 45") is None
    True
    """
    for chars in _SAMPLES_CHARS:
        language = _language_of(text[:chars])
        if language is not None or len(text) <= chars:
            return language
    return None


def _language_of(sample: str) -> str | None:
    if len(sample) < _MIN_CHARS:
        return None
    try:
        reliable, _, details = pycld2.detect(sample, bestEffort=True)
    except pycld2.error:  # characters that it takes for damaged UTF-8
        return None
    code = details[0][1]
    code = _ISO.get(code, code)
    return code if reliable and code is not None and len(code) == 2 else None


def count_words(text: str, language: str | None) -> int:
    r"""Count the words of paragraphs with an empty line between; of a language written without spaces, its characters.

    >>> count_words("Eleven people,\n\ntwo  boats.", "en"), count_words("橋は閉鎖された", "ja")
    (4, 7)
    """
    if language not in _UNSPACED_LANGUAGES:
        is_evenly_spaced = text and "  " not in text and "\t" not in text and "\xa0" not in text
        return text.count(" ") + (text.count("\n") + 1) // 2 + 1 if is_evenly_spaced else len(text.split())
    unspaced = len(_UNSPACED.findall(text))
    return unspaced + len(_UNSPACED.sub(" ", text).split())
