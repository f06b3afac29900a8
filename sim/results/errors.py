"""What the user did wrong with results."""

from __future__ import annotations


class ResultsError(Exception):
    """A folder that is not a run, a damaged file: a mistake of the user's, exit status 2.

    The message says what is wrong, where, and what to do.
    """
