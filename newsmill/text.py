"""What a line looks like at a glance: a sentence, a paragraph."""

_TERMINAL = frozenset(".!?…。！？।؟۔")
_FULL_STOPS = frozenset(".。।۔")
_INTRODUCES = frozenset(":;：；")
_CLOSING = "\"'”’»)]』」"
_PROSE_CHARS = 90
_UNSPACED_PROSE_CHARS = 45
_FIRST_UNSPACED = "\u3040"


def ends_a_sentence(text: str) -> bool:
    """Tell whether a line ends as a sentence does, in any script; closing quotes and brackets may follow.

    >>> [ends_a_sentence(text) for text in ("It rained.", "“Why?”", "橋は閉鎖された。", "Most read")]
    [True, True, True, False]
    """
    return text.rstrip(_CLOSING)[-1:] in _TERMINAL


def ends_with_full_stop(text: str) -> bool:
    """Tell whether a line ends with a full stop, as headlines do not: quotes, questions and dots may end one.

    >>> [ends_with_full_stop(text) for text in ("It rained.", "橋は閉鎖された。", "Why?", "“It rained.”", "Wait...")]
    [True, True, False, False, False]
    """
    return text[-1:] in _FULL_STOPS and text[-2:] != ".."


def is_prose(text: str) -> bool:
    """Tell whether a line is a paragraph: longer than a headline, and ending as a sentence does.

    Scripts that are written without spaces need half as many characters.
    """
    chars = len(text)
    if chars <= _PROSE_CHARS and (chars <= _UNSPACED_PROSE_CHARS or text[0] < _FIRST_UNSPACED):
        return False
    last = text.rstrip(_CLOSING)[-1:]
    return last in _TERMINAL or last in _INTRODUCES
