"""Text columns as codes: each word is kept once, and rows hold its number.

In memory that is a byte a row and in Parquet a dictionary.  Who reads a table by ``Results.table``
gets plain strings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    where = [*(null if label is None else number[label] for label in labels), null]
    # As polars has positions; those of NumPy it would copy.
    rows = pl.Series(np.array(where, dtype=np.uint32)[codes])
    # Not by `gather`, which goes through a plan.
    found: pl.Series = pl.Series([*words, None], dtype=pl.Enum(words))[rows]
    return found


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
    return matching(column, lambda word: text in word)


def matching(column: pl.Series, test: Callable[[str], object]) -> NDArray[np.bool_]:
    """Which rows of a text column, coded or plain, have a word that passes; null does not."""
    if isinstance(column.dtype, pl.Enum):
        words, codes = numbered(column)
        passed = np.array([*(bool(test(word)) for word in words), False])
        found: NDArray[np.bool_] = passed.take(codes)
        return found
    chosen = [word for word in column.unique().drop_nulls() if test(word)]
    if not chosen:
        return np.zeros(len(column), dtype=np.bool_)
    return column.is_in(pl.Series(chosen).implode()).fill_null(value=False).to_numpy()


def looked_up(
    column: pl.Series, values: Mapping[str, float], default: float = 0.0
) -> NDArray[np.float64]:
    """The value of each row's word, coded or plain; the default for other words and null."""
    if isinstance(column.dtype, pl.Enum):
        words, codes = numbered(column)
        known = np.array([*(float(values.get(word, default)) for word in words), default])
        found: NDArray[np.float64] = known.take(codes)
        return found
    if not values:
        return np.full(len(column), default)
    return column.replace_strict(
        list(values), list(values.values()), default=default, return_dtype=pl.Float64
    ).to_numpy()


def numbered(column: pl.Series) -> tuple[list[str], NDArray[Any]]:
    """The words of a text column, coded or plain, and each row's number among them.

    Null has the number after the last.  A coded column may have words that no row has.
    """
    if not isinstance(column.dtype, pl.Enum):
        column = column.cast(pl.Enum(column.drop_nulls().unique(maintain_order=True)))
    words = column.dtype.categories.to_list()  # type: ignore[attr-defined]
    codes = column.to_physical()
    if codes.null_count():
        null = len(words)
        # As few bytes a row as hold it.
        kind = codes.dtype if null < 256 else pl.UInt32
        codes = codes.cast(kind).fill_null(pl.lit(null, dtype=kind))
    return words, codes.to_numpy()
