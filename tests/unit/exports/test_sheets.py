"""Workbooks: what is written when something is in the way, and what people read above the columns."""

import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.export_data import main, sheets, words
from functions.export_data.asked import Locale
from functions.export_data.dataset import Dataset
from functions.export_data.datasets.users import USERS
from functions.export_data.sheets import Look, written
from lib.errors import BadInput, Temporary

LOOK = Look("en", "UTC")
DATASETS = [each for each in vars(main).values() if isinstance(each, Dataset)]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def user(name: str) -> tuple[Any, ...]:
    return ("u", "student", name, None, None, 46000.5, None)


def test_nothing_stays_behind_while_a_workbook_is_sent_or_after_it(scratch: Path) -> None:
    with written(USERS, [user("Аня")], LOOK) as file:
        assert list(scratch.iterdir()) == []
        assert file.read(2) == b"PK"


def test_nothing_stays_behind_when_writing_fails(scratch: Path) -> None:
    with pytest.raises(BadInput):
        written(USERS, [user("x" * 40_000)], LOOK)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_sentence_and_another_try(scratch: Path, number: int) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield user("Аня")
        raise OSError(number, "full")

    with pytest.raises(Temporary, match="room"):
        written(USERS, rows(), LOOK)
    assert list(scratch.iterdir()) == []


def test_another_fault_of_the_machine_is_not_called_a_full_disk(scratch: Path) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield user("Аня")
        raise OSError(errno.EIO, "broken")

    with pytest.raises(OSError, match="broken"):
        written(USERS, rows(), LOOK)


def test_a_sheet_and_its_header_fill_what_excel_takes() -> None:
    assert sheets.ROWS_A_SHEET + 1 == 2**20


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda each: each.name)
def test_every_column_has_a_heading_of_its_own_in_both_languages(dataset: Dataset) -> None:
    locales: tuple[Locale, ...] = ("ru", "en")
    for locale in locales:
        headings = words.headings(dataset, locale)
        assert all(headings)
        assert len(set(headings)) == len(headings)
        assert len(f"{words.title(dataset, locale)} 999") <= 31


def test_there_is_a_route_for_each_of_the_seven() -> None:
    assert len(DATASETS) == 7
    assert {path.rpartition("/")[2] for _, path in main.app.rules} == {each.name for each in DATASETS}
