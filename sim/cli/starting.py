"""What ``new`` writes."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(file: Path, base: Path | None) -> None:
    """Write a scenario to begin with, and say what to do with it.

    Raises:
        ScenarioError: the file is there already or cannot be written, or the base is wrong.
    """
    from sim.scenario.loader import load
    from sim.scenario.problems import Place, Problem, ScenarioError
    from sim.scenario.starting import corridor, variant

    def refused(why: str) -> ScenarioError:
        return ScenarioError([Problem("error", Place(str(file)), why)])

    if file.suffix not in (".yaml", ".yml"):
        raise refused(f"is not named as a scenario; expected `{file.with_suffix('.yaml').name}`")
    if base is None:
        text, told = corridor(), "a small corridor, every part explained; put your figures in"
    else:
        named = Path(os.path.relpath(base.absolute(), file.absolute().parent)).as_posix()
        text = variant(load(base), named)
        told = f"a variant of {base} that changes nothing yet; take the # away from what you change"
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise refused("is there already; choose another name") from None
    except OSError as error:
        raise refused(f"cannot be written ({error.strerror}); choose another place") from error
    print(f"{file}: {told}\nthen: steppe check {file}, steppe run {file}")
