"""Text columns as codes: each word is kept once, and rows hold its number.

In memory that is a byte a row and in Parquet a dictionary.  Who reads a table by ``Results.table``
gets plain strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray


def coded(labels: Sequence[str | None], codes: NDArray[Any]) -> pl.Series:
    """The label of each code, as an Enum; of a code below zero, and of a label that is None, null.

    Labels may be there twice; they are categories in the order in which they first come.
    """
    words = list(dict.fromkeys(label for label in labels if label is not None))
    number = {word: i for i, word in enumerate(words)}
    null = len(words)
    # The last entry is what a code of -1 picks.
    where = np.array([*(number.get(label, null) for label in labels), null], dtype=np.int64)  # type: ignore[arg-type]
    return pl.Series([*words, None], dtype=pl.Enum(words)).gather(where[codes])


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with all text as strings."""
    changed = []
    for column in frame.iter_columns():
        if isinstance(column.dtype, pl.Enum):
            words = column.dtype.categories
            # Several times as fast as a cast.
            changed.append(words.gather(column.to_physical()).alias(column.name))
    return frame.with_columns(changed) if changed else frame


def holding(column: pl.Series, text: str) -> NDArray[np.bool_]:
    """Which rows of a text column, coded or plain, have a text in them; those of null have not."""
    if not isinstance(column.dtype, pl.Enum):
        found = column.str.contains(text, literal=True)
        return found.fill_null(value=False).to_numpy()
    words = column.dtype.categories.to_list()
    codes = [code for code, word in enumerate(words) if text in word]
    if not codes:
        return np.zeros(len(column), dtype=np.bool_)
    number = column.to_physical()
    made = number.is_in(pl.Series(codes, dtype=number.dtype).implode())
    return made.fill_null(value=False).to_numpy()
