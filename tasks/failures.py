"""What stops a run, each with the exit code that a caller sees. One line says what and which file."""


class Failure(Exception):  # noqa: N818 (an exit code and its sentence)
    """A run cannot go on. ``str()`` is the one line that the user reads."""

    exit_code = 4


class WrongUse(Failure):
    """The command line or a rule file asks for something that makes no sense."""

    exit_code = 2


class WarehouseBusy(Failure):
    """Another run holds the warehouse."""

    exit_code = 3


class StorageFailed(Failure):
    """The disk, or a file of the warehouse, failed."""

    exit_code = 4


class Unbalanced(Failure):
    """The conservation law does not hold: a record was lost or counted twice."""

    exit_code = 4
