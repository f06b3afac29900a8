"""A report as a page: what it says, and how that becomes one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Image:
    """A picture with what it shows in words, for those who cannot see it."""

    title: str
    png: bytes
    alt: str

    @property
    def uri(self) -> str:
        """The picture as an address that holds it."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


@dataclass(frozen=True)
class Cell:
    """One cell of a table: text, and the exact figure behind it where there is one."""

    text: str
    value: float | None = None
    name: str | None = None
    """What the figure is, such as a key figure's name."""


@dataclass(frozen=True)
class Table:
    """A table; columns from ``left`` on are figures and stand at the right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    left: int = 1
    note: str = ""


@dataclass(frozen=True)
class Page:
    """Everything a report says, from the question to how to make it again."""

    title: str
    kind: str
    question: str
    answer: tuple[str, ...]
    images: tuple[Image, ...] = ()
    tables: tuple[Table, ...] = ()
    evidence: tuple[Table, ...] = ()
    evidence_note: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Made with what: names and words."""
    command: str = ""
    warnings: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Brief:
    """What one printed page says: the answer, four key figures, a picture or two, what to doubt."""

    title: str
    kind: str
    question: str
    answer: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    """Names and words."""
    images: tuple[Image, ...]
    doubts: tuple[str, ...]
    command: str
    warnings: tuple[str, ...] = field(default=())


def cells(row: Sequence[Cell | str]) -> list[Cell]:
    """A row with every text as a cell."""
    return [c if isinstance(c, Cell) else Cell(c) for c in row]


def said(sentence: str) -> str:
    """A sentence as HTML, escaped: what stands between backticks, as commands do, is code."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))


def render(page: Page | Brief) -> str:
    """The page as HTML: styles and pictures inside, no script, nothing fetched; all text escaped.

    The same page gives the same text.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["cells"] = cells
    environment.filters["said"] = said
    name = "report" if isinstance(page, Page) else "brief"
    return environment.get_template(f"{name}.html").render(page=page)
