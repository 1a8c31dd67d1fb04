"""Colours: enough contrast in every theme, apart for every kind of colour vision, and never the only difference."""

import itertools
import math

import pytest

from functions.render_chart.figures import palette
from functions.render_chart.figures.palette import SIGNS, THEMES, contrast, readable_on, stop

# Machado, Oliveira and Fernandes (2009), full severity, in linear RGB.
VISIONS = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2127, 0.7152, 0.0722), (0.0193, 0.1192, 0.9503))
WHITE = (0.9505, 1.0, 1.089)
every_theme = pytest.mark.parametrize("theme", THEMES)


def times(matrix: tuple[tuple[float, ...], ...], vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def lab(colour: str, vision: str = "all colours") -> tuple[float, float, float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    seen = [min(max(c, 0.0), 1.0) for c in times(VISIONS[vision], linear)]
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (c / w for c, w in zip(times(TO_XYZ, seen), WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@every_theme
def test_words_have_a_contrast_of_four_and_a_half_and_marks_of_three(theme: str) -> None:
    look = THEMES[theme]
    assert contrast(look.ink, look.paper) >= 7
    assert contrast(look.muted, look.paper) >= 4.5
    for name, colour in look.hues.items():
        assert contrast(colour, look.paper) >= 3, name


@every_theme
@pytest.mark.parametrize("vision", VISIONS)
def test_hues_are_told_apart_by_every_eye(theme: str, vision: str) -> None:
    hues = THEMES[theme].hues
    for (one, a), (other, b) in itertools.combinations(hues.items(), 2):
        # A difference of 2.3 is just seen when the colours touch.
        assert math.dist(lab(a, vision), lab(b, vision)) >= 11, (one, other)


def test_hues_that_share_a_figure_differ_in_pattern_dash_and_symbol() -> None:
    for groups in (palette.ORDER, ("green", "orange", "vermilion", "grey", "sky"), (*palette.ORDER, "grey")):
        for quality in ("pattern", "dash", "symbol"):
            marks = [getattr(SIGNS[hue], quality) for hue in groups]
            assert len(set(marks)) == len(marks), quality
    assert {hue for theme in THEMES.values() for hue in theme.hues} == set(SIGNS)


@every_theme
def test_a_scale_goes_in_even_steps_of_lightness_away_from_the_paper(theme: str) -> None:
    look = THEMES[theme]
    lightness = [lab(colour)[0] for colour in look.scale]
    steps = [abs(b - a) for a, b in itertools.pairwise(lightness)]
    assert max(steps) - min(steps) < 0.15 * sum(steps) / len(steps)
    assert lightness == sorted(lightness, reverse=theme != "dark")
    assert contrast(look.scale[-1], look.paper) > contrast(look.scale[0], look.paper)
    assert (stop(look, 0), stop(look, 1), stop(look, 7)) == (look.scale[0], look.scale[-1], look.scale[-1])


@every_theme
def test_a_figure_in_a_cell_can_be_read_on_every_shade(theme: str) -> None:
    for share in range(101):
        shade = stop(THEMES[theme], share / 100)
        assert contrast(readable_on(shade), shade) >= 4.5


def test_print_spares_ink_and_outlines_what_it_tints() -> None:
    look = THEMES["print"]
    plain, hatched = palette.filling(look, "green", values=[3, 0]), palette.filling(look, "orange")
    assert contrast(plain["color"], look.paper) < contrast(look.hues["green"], look.paper)
    assert plain["line"] == {"color": look.hues["green"], "width": [1, 0]}
    assert hatched["pattern"]["fillmode"] == "replace"
    assert "line" not in palette.filling(THEMES["light"], "green")
