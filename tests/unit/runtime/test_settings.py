"""The environment is read once; a wrong value is one sentence that names the variable."""

import subprocess
import sys
from pathlib import Path

import pytest

from lib.runtime.settings import Settings, SettingsError, load

GOOD_KEY = "b7c1d6f0a93e4f5582d07c1e6a94b3f8d2e5c7a1"


def test_without_an_environment_every_value_has_its_default(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert (settings.notification_port, settings.analytics_port, settings.bot_port) == (8006, 8007, 8000)
    assert (settings.school_timezone, settings.default_locale, settings.currency) == (
        "Europe/Moscow",
        "ru",
        "RUB",
    )


def test_a_secret_may_stand_in_a_named_file_or_in_a_mounted_one_or_in_a_folder_with_one_file(
    tmp_path: Path,
) -> None:
    named = tmp_path / "anywhere"
    named.write_text("from-file\n")
    (tmp_path / "email-password").write_text("mounted\n")
    (tmp_path / "bot-token").mkdir()
    (tmp_path / "bot-token" / "value").write_text("1:folder\n")
    settings = load({"JWT_ISSUER_FILE": str(named)}, tmp_path)
    assert (settings.jwt_issuer, settings.email_password, settings.bot_token) == (
        "from-file",
        "mounted",
        "1:folder",
    )


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"NOTIFICATION_PORT": "eighty"}, "NOTIFICATION_PORT"),
        ({"ANALYTICS_PORT": "99999"}, "ANALYTICS_PORT"),
        ({"SCHOOL_TIMEZONE": "Moscow"}, "SCHOOL_TIMEZONE"),
        ({"ENVIRONMENT": "prod"}, "ENVIRONMENT"),
        ({"CURRENCY": "roubles"}, "CURRENCY"),
        ({"DATABASE_URL_FILE": "/nowhere/at/all"}, "DATABASE_URL_FILE"),
    ],
)
def test_a_wrong_value_is_named(environment: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=named):
        load(environment, tmp_path)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "a" * 40,
        "your-secret-key-change-in-production",
        Settings.model_fields["jwt_secret_key"].default,
    ],
)
def test_production_refuses_a_signing_key_that_is_missing_short_repetitive_or_published(
    key: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="JWT_SECRET_KEY"):
        load({"ENVIRONMENT": "production", "JWT_SECRET_KEY": key}, tmp_path)


def test_production_takes_a_random_key(tmp_path: Path) -> None:
    assert (
        load({"ENVIRONMENT": "production", "JWT_SECRET_KEY": GOOD_KEY}, tmp_path).jwt_secret_key == GOOD_KEY
    )


def test_a_function_with_a_bad_key_in_production_ends_with_one_sentence_before_its_port_opens() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lib.runtime.serve", "aggregate_events", "--port", "1"],
        env={"ENVIRONMENT": "production", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip().startswith("JWT_SECRET_KEY is not set")
    assert "Traceback" not in done.stderr
