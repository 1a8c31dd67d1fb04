"""The environment, read once into one typed, frozen object. `.env.example` lists every variable."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from lib.auth.secrets import DEVELOPMENT_KEY, unfit
from lib.auth.signing_keys import readable_pem
from lib.domain.shapes import Currency

SECRETS_FOLDER = Path("/var/openfaas/secrets")


class SettingsError(Exception):
    """A wrong value; the sentence names the variable."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be an IANA time zone, for example Europe/Moscow") from None
    return name


def _storage(url: str) -> str:
    if not re.fullmatch(r"file://.+|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", url):
        raise ValueError("must be file://folder or s3://bucket/prefix")
    return url


Zone = Annotated[str, AfterValidator(_zone)]
Storage = Annotated[str, AfterValidator(_storage)]
Port = Annotated[int, Field(ge=1, le=65535)]
Pem = Annotated[str, AfterValidator(readable_pem)]


class Settings(BaseModel):
    """Field `database_url` is the variable DATABASE_URL, and so on; meanings as in `.env.example`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    environment: Literal["development", "test", "production"] = "development"
    debug: bool = False
    notification_port: Port = 8006
    analytics_port: Port = 8007
    bot_port: Port = 8000
    database_url: str = ""
    postgres_password: str = ""
    rabbitmq_url: str = ""
    redis_url: str = ""
    redis_password: str = ""
    storage_url: Storage = "file://var/artifacts"
    artifact_days: Annotated[int, Field(ge=1, le=366)] = 7
    aws_endpoint_url: str = ""
    aws_region: str = ""
    aws_access_key_id: str = ""
    aws_secret_access_key: str = Field(default="", repr=False)
    email_host: str = ""
    email_port: Port = 587
    email_username: str = ""
    email_password: str = ""
    email_use_tls: bool = True
    email_from: str = "RepitBot <no-reply@repitbot.example>"
    email_fallback_host: str = ""
    email_fallback_port: Port = 587
    email_fallback_username: str = ""
    email_fallback_password: str = ""
    email_fallback_use_tls: bool = True
    email_fallback_from: str = ""
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_private_key: Pem = Field(default="", repr=False)
    bot_token: str = ""
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_secret: str = ""
    jwt_secret_key: str = DEVELOPMENT_KEY
    jwt_public_key: str = ""
    jwt_issuer: str = ""
    jwt_audience: str = ""
    school_timezone: Zone = "Europe/Moscow"
    default_locale: Literal["ru", "en"] = "ru"
    currency: Currency = "RUB"
    public_url: str = "http://localhost:8006"
    analytics_url: str = "http://localhost:8007"
    mailbox_url: str = ""
    function_url: str = "http://{name}:8080"
    metrics_gathered: bool = True
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    @property
    def version(self) -> str:
        """The version that health and metrics tell."""
        return VERSION


VERSION = "0.1.0"


def load(environ: Mapping[str, str] | None = None, secrets: Path = SECRETS_FOLDER) -> Settings:
    """Read the environment; `NAME_FILE` or a file in `secrets` may hold any value.

    Raises SettingsError with one sentence that names the variable.
    """
    environ = os.environ if environ is None else environ
    values = {name: _value(name, environ, secrets) for name in Settings.model_fields}
    try:
        settings = Settings.model_validate({k: v for k, v in values.items() if v not in (None, "")})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{str(first['loc'][0]).upper()} is wrong: {message}.") from None
    _check_mail(settings)
    _check_production(settings)
    return settings


def _value(name: str, environ: Mapping[str, str], secrets: Path) -> str | None:
    variable = name.upper()
    if path := environ.get(f"{variable}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"{variable}_FILE names a file that cannot be read: {error.strerror}."
            ) from None
    if variable in environ:
        return environ[variable].strip()
    return _mounted(secrets / name.replace("_", "-"))


def _mounted(path: Path) -> str | None:
    """A platform mounts a secret as a file, or as a folder with that one file in it."""
    if path.is_dir():
        inside = [p for p in sorted(path.iterdir()) if p.is_file() and not p.name.startswith(".")]
        path = inside[0] if len(inside) == 1 else path / path.name
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _check_mail(settings: Settings) -> None:
    if settings.email_fallback_host and not settings.email_host:
        raise SettingsError(
            "EMAIL_FALLBACK_HOST is set without EMAIL_HOST: there is nothing to fall back from."
        )
    for name in ("dkim_domain", "dkim_selector"):
        if settings.dkim_private_key and not getattr(settings, name):
            raise SettingsError(
                f"{name.upper()} is missing: DKIM_PRIVATE_KEY is set, and the key belongs to it."
            )


def _check_production(settings: Settings) -> None:
    """Also where the platform signs with a key pair: links and tokens between functions are signed with this key."""
    if settings.environment != "production":
        return
    if why := unfit(settings.jwt_secret_key):
        raise SettingsError(
            f"JWT_SECRET_KEY {why}. Production needs at least 32 random bytes, for example from: openssl rand -hex 32."
        )
