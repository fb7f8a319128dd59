"""The first and the last words of every command: signals, streams, one line for what went wrong, the exit code."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from tasks.failures import Failure, Interrupted, StorageFailed, WrongUse, with_remedy
from tasks.process import end_at_once, open_closed_streams

_TYPER_INTERRUPTED = 130  # what Typer answers where a command met Ctrl-C
_INTERRUPTED = "interrupted; what was committed stands, and the next run goes on from there."


def main() -> None:
    """Run the command line and exit with its documented code."""
    _on_signals(_end)
    open_closed_streams()
    code = _run()
    _on_signals(signal.SIG_IGN)
    end_at_once(code)


def _on_signals(act: "Callable[..., NoReturn] | signal.Handlers") -> None:
    """Have SIGTERM do what Ctrl-C does."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, act)


def _end(*_: object) -> NoReturn:
    """End while nothing is at work yet that would have to end in order."""
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"newsmill: {_INTERRUPTED}\n".encode())
    os._exit(Interrupted.exit_code)


def _run() -> int:
    """Run the command line and give its exit code; what went wrong is said in one line."""
    from rich.console import Console

    from flows.commands import app
    from tasks.terminal import visible

    signals: list[object] = []

    def interrupt(number: object, _frame: object) -> NoReturn:
        signals.append(number)
        raise KeyboardInterrupt

    try:
        _on_signals(interrupt)
        code = app(args=sys.argv[1:] or ["--help"], standalone_mode=False)
        if code == _TYPER_INTERRUPTED:
            raise KeyboardInterrupt
    except SystemExit:  # Rich's answer where nobody reads what a command prints
        return 0
    except (Exception, KeyboardInterrupt) as error:
        _on_signals(signal.SIG_IGN)
        interrupted = signals or isinstance(error, KeyboardInterrupt)
        failure = Interrupted(_INTERRUPTED) if interrupted else _failure(error)
        if failure is None or os.environ.get("NEWSMILL_DEBUG"):
            traceback.print_exc()
        if failure is None:  # a mistake of newsmill's own: its exit code is not that of a run that is done
            return Failure.exit_code
        with suppress(SystemExit):
            message = f"newsmill: {visible(str(failure))}"
            Console(stderr=True).print(message, style="red", highlight=False, soft_wrap=True, markup=False)
        return failure.exit_code
    return int(code or 0)


def _failure(error: BaseException) -> Failure | None:
    """Give what the user is told of an error; None where nobody has thought of it, so that its traceback is needed."""
    import typer

    if isinstance(error, Failure):
        return error
    if isinstance(error, typer.TyperException):
        return WrongUse(f"{error.format_message().rstrip('.')}; newsmill --help lists what there is.")
    if isinstance(error, OSError):
        return StorageFailed(with_remedy(f"{error.filename or 'storage'}: {error.strerror or error}."))
    return None


if __name__ == "__main__":
    main()
