"""A fingerprint of everything that happened in a run, in its order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.corridor.journal import Journal

HEX = 32


def trace_hash(journal: Journal) -> str:
    """Hash of the stages of trains and the changes of stocks, in the order they were recorded.

    Two runs have the same one if the same things happened at the same times, to the last bit, and
    in the same order, simultaneous ones too.  The journal's lists are hashed when the run is over:
    some hundredths of a second a million events, and nothing while it runs.
    """
    made = hashlib.blake2b(digest_size=HEX // 2)
    for kind in journal.kinds:
        made.update(f"{kind.place}\n{kind.activity}\n".encode())
    for name, unit, initial in journal.series:
        made.update(f"{name}\n{unit}\n{float(initial)!r}\n".encode())
    for rows in journal.stage_rows():
        made.update(rows.data)
    made.update(b"\n")
    for name in ("series", "time", "change"):
        # One after the other, since a column is made when it is asked for.
        made.update(getattr(journal.moves, name).data)
    made.update(b"\n")
    return made.hexdigest()
