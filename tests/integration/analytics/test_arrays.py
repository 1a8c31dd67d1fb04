"""What is written as an array's text comes back from PostgreSQL as it was."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from lib.db.arrays import insert, literal, run
from lib.db.engine import connect

ELEMENT = (
    st.none()
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
    | st.sampled_from(
        ["", ",", "\\", '"', "NULL", "null", "{}", '","', '\\"', "\\\\", " ", "\x01", ",,", '"NULL"']
    )
)


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    """Any database will do."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(ELEMENT, max_size=8))
def test_texts_come_back(db: Engine, values: list[str | None]) -> None:
    with db.connect() as conn:
        found = conn.execute(text("SELECT CAST(:values AS text[])"), {"values": literal(values)}).scalar_one()
    assert found == values


def test_other_values_come_back_with_their_digits(db: Engine) -> None:
    at = datetime(2026, 9, 1, 12, 15, 0, 7, UTC)
    with db.connect() as conn:
        columns: dict[str, list[Any]] = {
            "timestamptz": [at, None, at],
            "boolean": [True, False, None],
            "numeric": [Decimal("1.10"), Decimal(0), Decimal("-0.5"), 0, 7, None],
            "integer": [0, 1, None],
        }
        for kind, values in columns.items():
            asked = text(f"SELECT CAST(CAST(:values AS {kind}[]) AS text)")
            told = conn.execute(asked, {"values": literal(values)}).scalar_one()
            back = conn.execute(text(f"SELECT CAST(:told AS {kind}[])"), {"told": told}).scalar_one()
            assert list(map(str, back)) == list(map(str, values))


def test_a_zero_byte_is_refused_and_separates_nothing() -> None:
    for value in ("\x00", "a\x00,b", "\x00,\x00"):
        with pytest.raises(ValueError, match="zero byte"):
            literal(["x", value, None])


def test_many_statements_go_in_one_journey_and_keep_their_own_values(db: Engine) -> None:
    one, two = insert("first", {"name": "text"}), insert("second", {"name": "text", "n": "integer"})
    with db.connect() as conn:
        conn.execute(text("CREATE TEMP TABLE first (name text)"))
        conn.execute(text("CREATE TEMP TABLE second (name text, n integer)"))
        run(
            conn,
            [
                (one, {"name": literal(["100 %", ":name"])}),
                (two, {"name": literal(["x"]), "n": "{1}"}),
                (one, {"name": literal(["; DROP TABLE first; --"])}),
            ],
        )
        assert conn.execute(text("SELECT * FROM first")).scalars().all() == [
            "100 %",
            ":name",
            "; DROP TABLE first; --",
        ]
        assert conn.execute(text("SELECT * FROM second")).all() == [("x", 1)]
