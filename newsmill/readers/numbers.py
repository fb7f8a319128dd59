"""Numbers for records that stand in no fixed order: made of their names, so that neighbours do not change them."""

from hashlib import sha256

#: Records of one member of an archive have numbers below this one; a member's own number is a multiple of it.
STRIDE = 10**10
#: Numbers below this one are places in a file, those from it on are made of names.
NAMED = 10**6
_MEMBERS = 900_000_000


class Numbers:
    """The numbers of one file's records. Two records never share one.

    >>> numbers = Numbers()
    >>> numbers.of_item("tag:courier.example,2025:1") == Numbers().of_item("tag:courier.example,2025:1")
    True
    >>> numbers.of_item("tag:courier.example,2025:1") == Numbers().of_item("tag:courier.example,2025:1")
    False
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def of_item(self, name: str) -> int:
        """Number an item of a feed by its identifier."""
        return self._free(name, NAMED, STRIDE)

    def of_member(self, path: str) -> int:
        """Number a member of an archive by its path: a multiple of :data:`STRIDE`."""
        return self._free(path, 1, _MEMBERS) * STRIDE

    def _free(self, name: str, lowest: int, above: int) -> int:
        hashed = int.from_bytes(sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big")
        number = lowest + hashed % (above - lowest)
        while number in self._taken:
            number = number + 1 if number + 1 < above else lowest
        self._taken.add(number)
        return number
