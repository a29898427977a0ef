"""Settings, read once: defaults, then a local file, secret files, and the environment.

``config/default.toml`` names every setting with its unit, default and reason. What a
program's coordinator chooses is not here; that is in the database.
"""

import secrets
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

HERE = Path(__file__).resolve().parent.parent
CONFIG = (  # in a checkout, or where an installed wheel puts it
    HERE / "config"
    if (HERE / "config" / "default.toml").is_file()
    else Path(sys.prefix) / "share" / "lti-mentoring" / "config"
)
SHORTEST_SECRET = 32  # characters
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")  # Valkey servers are spoken to in the same way


class Section(BaseModel):
    """A group of settings; unknown names are refused, so that a typo cannot hide."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Outgoing(Section):
    """How the tool talks to platforms."""

    allow_private: bool
    connect_timeout_seconds: float = Field(gt=0, le=30)
    read_timeout_seconds: float = Field(gt=0, le=120)
    total_timeout_seconds: float = Field(gt=0, le=600)
    max_response_bytes: int = Field(gt=0)


class Launching(Section):
    """How launches and the sign-ins they make are treated."""

    attempt_minutes: int = Field(ge=1, le=60)
    leeway_seconds: int = Field(ge=0, le=60)
    token_max_age_minutes: int = Field(ge=1, le=60)
    sign_in_idle_minutes: int = Field(ge=5, le=1440)
    sign_in_hours: int = Field(ge=1, le=24)
    ticket_minutes: int = Field(ge=1, le=15)
    key_set_hours: int = Field(ge=1, le=24)
    key_refetch_seconds: int = Field(ge=5, le=3600)
    key_set_stale_days: int = Field(ge=1, le=365)


class Launches(Section):
    """How many logins and launches are let in, by whom they come from."""

    per_address: int = Field(ge=1)
    per_registration: int = Field(ge=1)
    store_url: str

    @field_validator("store_url")
    @classmethod
    def _store_is_redis(cls, value: str) -> str:
        if value and not value.startswith(REDIS_SCHEMES):
            raise ValueError("must begin with redis://, rediss:// or unix://, or be empty")
        return value


class Roster(Section):
    """When rosters are read."""

    max_age_minutes: int = Field(ge=5)
    refresh_hours: int = Field(ge=1, le=168)
    whole_hours: int = Field(ge=1, le=168)
    page_size: int = Field(ge=10, le=1000)
    removal_guard_percent: int = Field(ge=1, le=100)


class Scores(Section):
    """How scores are delivered."""

    workers: int = Field(ge=1, le=16)
    lease_seconds: int = Field(ge=30)
    batch: int = Field(ge=1, le=500)
    quiet_seconds: int = Field(ge=0, le=3600)


class Settings(BaseSettings):
    """Everything an operator may choose. Wrong or missing values stop the start by name."""

    model_config = SettingsConfigDict(
        env_prefix="LTI_MENTORING_",
        env_nested_delimiter="__",
        toml_file=(CONFIG / "default.toml", CONFIG / "local.toml"),
        extra="forbid",
        frozen=True,
    )

    database_url: str
    public_url: str
    secret_key: str
    secret_key_previous: str
    jobs_url: str
    trusted_proxies: int = Field(ge=0, le=5)
    default_locale: str
    default_time_zone: str
    log_format: str
    outgoing: Outgoing
    launching: Launching
    limits: Launches
    roster: Roster
    scores: Scores

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, that over secret files, those over the files."""
        del dotenv_settings  # a .env file would be one more place to look
        return (
            init_settings,
            env_settings,
            file_secret_settings,
            TomlConfigSettingsSource(settings_cls),
        )

    @field_validator("public_url")
    @classmethod
    def _public_url_has_no_path(cls, value: str) -> str:
        value = value.rstrip("/")
        scheme, _, host = value.partition("://")
        if scheme not in {"http", "https"} or not host or "/" in host:
            raise ValueError("must look like https://mentoring.example.edu, without a path")
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_key_is_long(cls, value: str) -> str:
        if len(value) < SHORTEST_SECRET:
            raise ValueError(
                f"must have at least {SHORTEST_SECRET} characters; "
                'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return value

    def url(self, path: str) -> str:
        """``path`` (starting with a slash) as an absolute URL of this tool."""
        return self.public_url + path


def load_settings(**given: Any) -> Settings:
    """The settings; ``given`` wins over every file and variable.

    Secret files are read from ``config/secrets/`` when that folder exists, one file a
    setting, named like the variable in small letters.

    Raises:
        pydantic.ValidationError: naming each setting that is missing or wrong.
    """
    folder = CONFIG / "secrets"
    if folder.is_dir():
        given.setdefault("_secrets_dir", folder)
    return Settings(**given)


def random_secret() -> str:
    """A fresh secret key, for demos and first installations."""
    return secrets.token_urlsafe(48)
