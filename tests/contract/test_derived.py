"""What derives from stack.yml is fresh, and what renders it says clearly what is wrong."""

from pathlib import Path

import pytest

from lib.stack import Stack
from lib.stack.__main__ import main
from lib.stack.render.derived import derived, stale, write

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = "docker-compose.local.yml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the files that rendering starts from."""
    (tmp_path / "deploy").mkdir()
    for name in ("stack.yml", "deploy/settings.yml", COMPOSE):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def test_every_derived_file_says_what_stack_yml_says(stack: Stack) -> None:
    assert stale(stack, ROOT) == []


def test_manifests_that_nothing_renders_any_more_are_gone(stack: Stack) -> None:
    wanted = {part.path for part in derived(stack, ROOT)}
    there = [p for folder in ("knative", "openfaas") for p in (ROOT / "deploy" / folder).rglob("*.yaml")]
    assert {str(path.relative_to(ROOT)) for path in there} <= wanted


def test_settings_that_a_platform_keeps_for_itself_are_refused_by_name(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (copy / "deploy/settings.yml").open("a") as file:
        file.write('  PORT: "80"\n')
    assert main(["check", "--root", str(copy)]) == 1
    assert "settings.yml: environment is wrong: PORT belongs to the platform" in capsys.readouterr().err


def test_a_changed_stack_makes_files_stale_and_rendering_makes_them_fresh(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "--root", str(copy)]) == 0
    assert main(["check", "--root", str(copy)]) == 0
    text = (copy / "stack.yml").read_text()
    (copy / "stack.yml").write_text(text.replace("8006 /api/v1/ledger", "8006 /api/v1/journal"))
    assert main(["check", "--root", str(copy)]) == 1
    assert "deploy/nginx/nginx.conf" in capsys.readouterr().err
    assert main(["render", "--root", str(copy)]) == 0
    assert main(["check", "--root", str(copy)]) == 0


def test_readmes_are_rendered_only_between_their_markers(copy: Path, stack: Stack) -> None:
    (copy / "README.ru.md").write_text("До\n<!-- functions:begin -->\nold\n<!-- functions:end -->\nПосле\n")
    write(stack, copy, lambda _: None)
    lines = (copy / "README.ru.md").read_text().splitlines()
    assert (lines[0], lines[-1]) == ("До", "После")
    assert len(lines) == len(stack.functions) + 6
    assert "| функция | порт | адреса | также по |" in lines
    assert not (copy / "README.md").exists()


def test_a_lost_marker_is_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / COMPOSE).write_text((copy / COMPOSE).read_text().replace("# secrets:begin", "#"))
    assert main(["check", "--root", str(copy)]) == 1
    assert (
        "docker-compose.local.yml must have exactly one line with “# secrets:begin”"
        in capsys.readouterr().err
    )
