"""The environment is documented, and each variable of the document means something."""

from pathlib import Path

from lib.runtime.settings import Settings, load

ROOT = Path(__file__).resolve().parents[2]


def documented() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_setting_is_in_the_example_and_the_example_names_nothing_else() -> None:
    assert list(documented()) == [name.upper() for name in Settings.model_fields]


def test_the_example_as_it_stands_is_what_holds_without_any_environment(tmp_path: Path) -> None:
    assert load(documented(), tmp_path) == load({}, tmp_path)
