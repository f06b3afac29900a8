"""Hints where a name is not known."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

CYRILLIC = str.maketrans("асеорхуікмнтвѕј", "aceopxyikmhtbsj")
"""Cyrillic letters that look like Latin ones, and these."""


def near(word: str, known: Any, otherwise: str | None = None) -> str:
    """``; did you mean …?``, or what there is when nothing is near."""
    import difflib

    names = [str(k) for k in known]
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.lower().replace("_", "-"), name)
    alike = word.lower().translate(CYRILLIC)
    if alike != word.lower() and alike in folded:
        letters = ", ".join(f"`{c}`" for c in dict.fromkeys(word) if ord(c) > 127)
        return f"; {letters} in it is Cyrillic, and `{folded[alike]}` is written in Latin letters"
    close = difflib.get_close_matches(word.lower().replace("_", "-"), folded, 1, 0.6)
    if close:
        return f"; did you mean `{folded[close[0]]}`?"
    longer = [n for n in folded if len(n) > 2 and word.lower().startswith(n)]
    if longer and word[len(max(longer, key=len)) :].isalpha():  # `february` for `feb`
        return f"; did you mean `{folded[max(longer, key=len)]}`?"
    if otherwise is not None:
        return otherwise
    listed = ", ".join(f"`{n}`" for n in names[:12]) + (", …" if len(names) > 12 else "")
    return f"; expected one of {listed}" if names else "; there are none"


def near_file(path: Path) -> str:
    """``; did you mean …?`` with a file of the same folder, or nothing."""
    import difflib

    try:
        names = [p.name for p in path.parent.iterdir() if p.is_file()]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, 1, 0.5)
    if not close:
        close = difflib.get_close_matches(path.name + ".yaml", names, 1, 0.7)
    if not close:
        return ""
    return f"; did you mean {os.path.normpath(path.parent / close[0])}?"
