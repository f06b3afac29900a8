"""Tables and progress on a terminal; plain, aligned text where there is none."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.lines import Lines
from sim.report.words import number

if TYPE_CHECKING:
    from sim.scenario import Scenario


def headed(kpi: str, unit: str) -> str:
    """A key figure as the head of a column, with its unit where the name does not say it."""
    return kpi if unit in ("", "1") or kpi.endswith(f"_{unit}") else f"{kpi}, {unit}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
    """Print a table; the first ``left`` columns are text, the others figures."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table

        made = Table(box=None, header_style="bold", pad_edge=False)
        for i, name in enumerate(head):
            made.add_column(name, justify="left" if i < left else "right", overflow="fold")
        for row in rows:
            made.add_row(*row)
        Console().print(made)
        return
    widths = [max(len(r[i]) for r in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [
            c.ljust(w) if i < left else c.rjust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def distinct_names(scenarios: Sequence[Scenario]) -> list[str]:
    """Stems of the files, or whole paths where stems are alike."""
    stems = [s.name for s in scenarios]
    return [s.name if stems.count(s.name) == 1 else str(s.path) for s in scenarios]


def short(path: Path) -> str:
    """Relative to the working folder where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def as_json(value: Any) -> None:
    """Print JSON; not a number becomes null."""

    def plain(v: Any) -> Any:
        if isinstance(v, dict):
            return {str(k): plain(x) for k, x in v.items()}
        if isinstance(v, list | tuple):
            return [plain(x) for x in v]
        if isinstance(v, float) and not math.isfinite(v):
            return None
        return v

    print(json.dumps(plain(value), indent=2, ensure_ascii=False))


class Bar:
    """What work tells of its progress: called once for each piece done."""

    def __init__(
        self,
        done: Callable[[], None] = lambda: None,
        expect: Callable[[int], None] = lambda n: None,
    ) -> None:
        self._done = done
        self.expect = expect
        """Told how many pieces there will be in all, where that changes."""

    def __call__(self) -> None:
        self._done()


@contextmanager
def progress(total: int, what: str) -> Iterator[Bar]:
    """A bar with rate and time left on stderr while work goes on; lines where it is no terminal."""
    if not sys.stderr.isatty():
        lines = Lines(total, what)
        yield Bar(lines, lines.expect)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Pieces a second, or a minute where they are slow."""

        def render(self, task: Task) -> Text:
            speed = task.speed
            if not speed:
                return Text("")
            slow = speed < 1.0
            return Text(f"{number(60.0 * speed if slow else speed)}/{'min' if slow else 's'}")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield Bar(lambda: bar.advance(task), lambda n: bar.update(task, total=n))
