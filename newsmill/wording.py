"""Counts in sentences."""


def counted(count: int, one: str, many: str = "") -> str:
    """Write a number and what it counts; ``many`` is the plural where it is not the singular with an s.

    >>> counted(1, "body", "bodies"), counted(0, "body", "bodies"), counted(2_000, "record")
    ('1 body', '0 bodies', '2,000 records')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
