"""What is said of mistakes, faults and interrupts, and with which exit status."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

INTERRUPTED = 130
AGAIN_S = 0.05
"""Seconds after which an interrupt that was lost is sent again."""
_debug = False
_kept = ""
_asked_to_stop = False


class UserError(Exception):
    """Something the user gave that cannot be used."""


def tell_kept(words: str) -> None:
    """What an interrupt has to say of runs that are kept."""
    global _kept
    _kept = words


def want_traces(debug: bool) -> None:
    """Whether traces of faults are to be shown."""
    global _debug
    _debug = debug


def debugging() -> bool:
    """Whether traces of faults are wanted."""
    return _debug


def run(app: Callable[[], object]) -> None:
    """Run the command line and turn errors into messages and exit statuses.

    A wrong option or argument is typer's own to say: it exits with status 2.
    """
    _listen_for_interrupts()
    try:
        app()
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # typer says nothing of an interrupt
            print(_stopped(), file=sys.stderr)
        raise
    except KeyboardInterrupt:
        _fail(INTERRUPTED, _stopped())
    except Exception as error:
        if _asked_to_stop:  # an import that is interrupted makes some other error of it
            _fail(INTERRUPTED, _stopped())
        from sim.results.errors import ResultsError
        from sim.scenario.problems import ScenarioError

        if isinstance(error, ScenarioError | ResultsError | UserError):
            _fail(2, str(error))
        if isinstance(error, OSError) and error.filename:  # a path the user gave or writes to
            _fail(2, f"{error.filename}: {error.strerror}; choose another path")
        if _debug:
            traceback.print_exc()
        # a fault in a worker brings its trace along below the first line
        what = [type(error).__name__, *str(error).splitlines()[:1]]
        _fail(
            1, f"a fault of steppe: {': '.join(what)}\nRun again with --debug and report the trace."
        )


def _listen_for_interrupts() -> None:
    """An interrupt stops the command wherever it comes.

    One that comes within a finalizer is only reported there by Python, so it is sent again.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    report = sys.unraisablehook

    def stop(_signal: int, _frame: object) -> None:
        global _asked_to_stop
        _asked_to_stop = True
        raise KeyboardInterrupt

    def again(ignored: Any) -> None:
        if issubclass(ignored.exc_type, KeyboardInterrupt):
            # Not at once, which would be within this report and lost as well.
            threading.Timer(AGAIN_S, _thread.interrupt_main).start()
        else:
            report(ignored)

    signal.signal(signal.SIGINT, stop)
    sys.unraisablehook = again


def _stopped() -> str:
    return f"stopped; {_kept or 'nothing was written'}"


def _fail(status: int, message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(status)
