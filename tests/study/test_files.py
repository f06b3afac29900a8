"""Folders of studies: whole or as before, and never over what is not ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.results import ResultsError
from sim.study.files import check_target, write_folder


def filling(**files: str) -> Callable[[Path], None]:
    def fill(folder: Path) -> None:
        for name, text in files.items():
            (folder / name).write_text(text)

    return fill


def tree(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    target = write_folder(tmp_path / "a" / "b", "mark", filling(mark="1", other="2"))
    assert target == tmp_path / "a" / "b"
    assert tree(tmp_path) == {"a/b/mark": "1", "a/b/other": "2"}


def test_a_folder_of_ours_is_replaced(tmp_path: Path) -> None:
    for text in ("1", "2"):
        write_folder(tmp_path / "study", "mark", filling(mark=text))
    assert tree(tmp_path) == {"study/mark": "2"}
    assert [p.name for p in tmp_path.iterdir()] == ["study"]


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    write_folder(tmp_path / "study", "mark", filling(mark="1"))
    assert tree(tmp_path) == {"study/mark": "1"}


def test_what_breaks_leaves_everything_as_it_was(tmp_path: Path) -> None:
    write_folder(tmp_path / "study", "mark", filling(mark="old"))

    def breaks(folder: Path) -> None:
        (folder / "mark").write_text("new")
        raise ZeroDivisionError

    for name in ("study", "other"):
        with pytest.raises(ZeroDivisionError):
            write_folder(tmp_path / name, "mark", breaks)
    assert tree(tmp_path) == {"study/mark": "old"}
    assert [p.name for p in tmp_path.iterdir()] == ["study"]


def test_what_is_not_ours_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis").write_text("mine")
    before = tree(tmp_path)
    for name in ("file", "folder"):
        with pytest.raises(ResultsError, match="holds no mark; choose another"):
            check_target(tmp_path / name, "mark")
        with pytest.raises(ResultsError, match="holds no mark; choose another"):
            write_folder(tmp_path / name, "mark", filling(mark="1"))
    assert tree(tmp_path) == before


def test_a_study_with_files_of_another_in_it_is_not_replaced(tmp_path: Path) -> None:
    write_folder(tmp_path / "study", "mark", filling(mark="1"))
    (tmp_path / "study" / "notes").write_text("mine")
    with pytest.raises(ResultsError, match=r"not of the study \(notes\)"):
        write_folder(tmp_path / "study", "mark", filling(mark="2"))
    assert tree(tmp_path) == {"study/mark": "1", "study/notes": "mine"}


def test_a_link_leads_to_the_folder_that_is_written(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", "mark", filling(mark="1"))
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_folder(tmp_path / "link", "mark", filling(mark="2"))
    assert (tmp_path / "link").is_symlink()
    assert tree(tmp_path / "real") == {"mark": "2"}


def test_a_place_that_cannot_be_written_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ResultsError, match="cannot write here"):
        write_folder(tmp_path / "file" / "study", "mark", filling(mark="1"))


def test_a_study_that_makes_fewer_files_than_before_replaces_those_that_it_made(
    tmp_path: Path,
) -> None:
    manifest = {"manifest.json": "{}", "mark": "1"}
    write_folder(tmp_path / "study", "mark", filling(**manifest, **{"apart.csv": "1"}))
    write_folder(tmp_path / "study", "mark", filling(**manifest))
    assert set(tree(tmp_path)) == {"study/mark", "study/manifest.json"}
    (tmp_path / "study" / "notes").write_text("mine")
    # Before the study, too, and not when it has taken its minutes.
    with pytest.raises(ResultsError, match=r"not of the study \(notes\)"):
        check_target(tmp_path / "study", "mark")
