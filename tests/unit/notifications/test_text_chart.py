"""Charts for chats with pictures off."""

from hypothesis import given
from hypothesis import strategies as st

from lib.telegram.text_chart import COLUMNS, as_html, bars, sparkline

VALUES = st.lists(st.none() | st.integers(-1000, 100_000))


def test_a_sparkline_goes_from_the_least_to_the_greatest() -> None:
    assert sparkline([0, 1, 2, 3, None, 7]) == "▁▂▃▄·█"


def test_values_that_are_all_the_same_are_in_the_middle() -> None:
    assert sparkline([5, 5, 5]) == "▅▅▅"


def test_bars_are_as_long_as_their_values() -> None:
    drawn = bars([("Математика", 20), ("Физика", 10), ("Химия", 0), ("Биология", None)])
    assert drawn.splitlines() == [
        "Математика ██████████████████ 20",
        "Физика     █████████          10",
        "Химия                         0",
        "Биология                      ·",
    ]


def test_a_long_label_is_cut_and_the_figure_is_written_in_the_reader_s_way() -> None:
    drawn = bars([("Подготовка к экзамену", 1500)], shown=lambda value: f"{value:,.0f} ₽".replace(",", " "))
    assert drawn.startswith("Подготовка …")
    assert drawn.endswith("1 500 ₽")


@given(VALUES)
def test_a_sparkline_has_one_sign_a_value(values: list[int | None]) -> None:
    assert len(sparkline(values)) == len(values)


@given(
    st.lists(st.tuples(st.text(st.characters(categories=["L", "N"])), st.none() | st.integers(-999, 99_999)))
)
def test_no_line_is_wider_than_a_phone(rows: list[tuple[str, int | None]]) -> None:
    assert all(len(line) <= COLUMNS for line in bars(rows).split("\n"))


def test_markup_in_a_label_stays_text() -> None:
    assert as_html("<b>") == "<pre>&lt;b&gt;</pre>"
