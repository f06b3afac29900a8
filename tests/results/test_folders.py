"""A folder is there whole or as it was, wherever an interrupt comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.results.folders import taking_the_place_of


def put(target: Path, text: str) -> None:
    with taking_the_place_of(target) as fresh:
        (fresh / "file").write_text(text)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("after", [False, True])
def test_an_interrupt_at_any_step_leaves_the_old_or_the_new(
    there: bool, at: int, after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run"
    if there:
        put(target, "old")
    rename, steps = Path.rename, 0

    def interrupted(path: Path, to: Path) -> Path:
        nonlocal steps
        steps += 1
        if steps == at and not after:
            raise KeyboardInterrupt
        made = rename(path, to)
        if steps == at:
            raise KeyboardInterrupt
        return made

    monkeypatch.setattr(Path, "rename", interrupted)
    try:
        put(target, "new")
        stopped = False
    except KeyboardInterrupt:
        stopped = True
    monkeypatch.undo()
    assert stopped == (at == 1 or there)
    files = {p.relative_to(tmp_path).as_posix(): p.read_text() for p in tmp_path.rglob("file")}
    whole = not stopped or (after and at == (2 if there else 1))
    assert files == ({"run/file": "new"} if whole else {"run/file": "old"} if there else {})
    assert [p.name for p in tmp_path.iterdir()] == (["run"] if files else [])
