"""Folders of studies, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.results.errors import ResultsError
from sim.results.folders import taking_the_place_of
from sim.results.store import PICTURES


def write_folder(target: Path, mark: str, fill: Callable[[Path], None]) -> Path:
    """Fill a folder beside the target and rename it; an older one with the mark is replaced.

    Args:
        mark: name of a file that says that a folder is such a study.

    Raises:
        ResultsError: the target is something else, or cannot be written.
    """
    target = check_target(target, mark)
    try:
        with taking_the_place_of(target) as fresh:
            fill(fresh)
            if target.exists():
                _refuse_foreign(target, fresh)
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write here ({error.strerror}); choose another folder"
        ) from error
    return target


def check_target(target: Path, mark: str) -> Path:
    """The absolute folder that a study may be written into, asked before the study as well.

    Raises:
        ResultsError: it is there and holds something else.
    """
    target = target.absolute()
    if target.is_symlink():
        target = target.resolve()
    if target.exists() and not (target / mark).is_file():
        empty = target.is_dir() and not any(target.iterdir())
        if not empty:
            raise ResultsError(
                f"{target}: is there already and holds no {mark}; choose another folder"
            )
    return target


def _refuse_foreign(target: Path, fresh: Path) -> None:
    """What a study did not write is not replaced with it."""
    ours = {p.name for p in fresh.iterdir()}
    foreign = sorted(
        p.name for p in target.iterdir() if p.name not in ours and p.suffix not in PICTURES
    )
    if foreign:
        raise ResultsError(
            f"{target}: holds files that are not of the study ({', '.join(foreign[:3])}); "
            "move these away, or choose another folder"
        )
