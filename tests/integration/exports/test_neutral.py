"""The database neutralises texts by the one rule: what begins like a formula gets an apostrophe."""

from collections.abc import Sequence

from sqlalchemy import create_engine

from functions.export_data.cells import FORMULA_STARTS, inert, neutral

SURROGATES = range(0xD800, 0xE000)
NASTY = (
    "",
    " ",
    "'",
    "''=1",
    '=HYPERLINK("http://x.example","y")',
    "=1+1\n=2",
    "+7 900 000-00-00",
    "-",
    "--",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    "\n",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "﹦1",
    "−1",
    "–1",
    "а=b",
    "Физика",
    "5-7 класс",
    "почта@пример",
    '"=1"',
    ",=1",
    ";=1",
    "\\.",
    "😀=1",
    "=😀" * 100,
)


def by_the_rule(value: str) -> str | None:
    """As it was said in Python before the database said it."""
    starts = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    return f"'{value}" if value.startswith(starts) else value


def written(database_url: str, sql: str, values: Sequence[str | None]) -> list[str | None]:
    engine = create_engine(database_url)
    given = "unnest(%(v)s::text[]) WITH ORDINALITY AS t(x, n)"
    with engine.connect() as conn:
        found = conn.exec_driver_sql(f"SELECT {sql} FROM {given} ORDER BY n", {"v": list(values)})  # noqa: S608 - ours
        answer = list(found.scalars())
    engine.dispose()
    return answer


def test_every_character_there_is_begins_a_text_as_the_rule_says(database_url: str) -> None:
    characters = [chr(code) for code in range(1, 0x110000) if code not in SURROGATES]
    for follows in ("", "1+1"):
        values = [character + follows for character in characters]
        assert written(database_url, neutral("x"), values) == list(map(by_the_rule, values))


def test_nasty_texts_are_written_as_the_rule_says(database_url: str) -> None:
    values = [start + each for start in ("", *FORMULA_STARTS) for each in NASTY]
    assert written(database_url, neutral("x"), values) == list(map(by_the_rule, values))
    assert written(database_url, inert("x"), values) == list(map(by_the_rule, values))


def test_a_missing_text_stays_missing(database_url: str) -> None:
    assert written(database_url, neutral("x"), [None]) == written(database_url, inert("x"), [None]) == [None]
