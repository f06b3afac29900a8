"""Folders of studies, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sim.results.errors import ResultsError
from sim.results.folders import taking_the_place_of
from sim.results.store import PICTURES, write_json

MANIFEST = "manifest.json"


def write_folder(target: Path, mark: str, fill: Callable[[Path], None]) -> Path:
    """Fill a folder beside the target and rename it; an older one with the mark is replaced.

    The manifest, if there is one, says which files are of the study, so that another time they can
    be told from those that somebody put there.

    Args:
        mark: name of a file that says that a folder is such a study.

    Raises:
        ResultsError: the target is something else, or cannot be written.
    """
    target = check_target(target, mark)
    try:
        with taking_the_place_of(target) as fresh:
            fill(fresh)
            made = sorted(path.name for path in fresh.iterdir())
            if target.exists():
                _refuse_foreign(target, {*made, *(_listed(target) or ())})
            if MANIFEST in made:
                about = json.loads((fresh / MANIFEST).read_text(encoding="utf-8"))
                write_json(fresh / MANIFEST, {**about, "files": made})
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write here ({error.strerror}); choose another folder"
        ) from error
    return target


def check_target(target: Path, mark: str) -> Path:
    """The absolute folder that a study may be written into, asked before the study as well.

    Raises:
        ResultsError: it is there and holds something else, or something besides.
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
    listed = _listed(target)
    if listed is not None:
        _refuse_foreign(target, listed)
    return target


def _listed(target: Path) -> set[str] | None:
    """What the manifest of an older study says is of it; None where it does not say."""
    try:
        about = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    files = about.get("files") if isinstance(about, dict) else None
    return set(map(str, files)) if isinstance(files, list) else None


def _refuse_foreign(target: Path, ours: set[str]) -> None:
    """What a study did not write is not replaced with it."""
    foreign = sorted(
        p.name for p in target.iterdir() if p.name not in ours and p.suffix not in PICTURES
    )
    if foreign:
        raise ResultsError(
            f"{target}: holds files that are not of the study ({', '.join(foreign[:3])}); "
            "move these away, or choose another folder"
        )
