"""The school's own templates, in versions that are never changed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, text

from lib.domain.catalogue import TYPES
from lib.domain.own_templates import Chosen, Own
from lib.errors import BadInput

# Those who write a template take turns, so that versions are counted without a gap.
TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('template ' || :name, 8006))")
OF_NAME = text("SELECT * FROM templates WHERE name = :name ORDER BY channel, locale, version")
CURRENT = text(
    "SELECT DISTINCT ON (name, channel, locale) * FROM templates "
    "ORDER BY name, channel, locale, active DESC, version DESC"
)
ACTIVE = text(
    "SELECT * FROM templates WHERE name = :name AND channel = :channel AND active ORDER BY locale DESC"
)
TYPE = text("SELECT type FROM templates WHERE name = :name LIMIT 1")
LEAVE = text(
    "UPDATE templates SET active = false "
    "WHERE name = :name AND channel = :channel AND locale = :locale AND active"
)
TAKE = text(
    "UPDATE templates SET active = true "
    "WHERE name = :name AND channel = :channel AND locale = :locale AND version = :version"
)
ADD = text(
    "INSERT INTO templates (name, channel, locale, version, type, source, subject, text, html, active, created_by) "
    "SELECT :name, :channel, :locale, coalesce(max(version), 0) + 1, :type, :source, :subject, :text, :html, true, "
    ":created_by FROM templates WHERE name = :name AND channel = :channel AND locale = :locale RETURNING *"
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it is kept. `created_by` is `role:id`."""

    own: Own
    active: bool
    created_by: str
    created_at: datetime


def _version(row: Row[tuple[object, ...]]) -> Version:
    own = Own(**{name: getattr(row, name) for name in Own.__dataclass_fields__})
    return Version(own, row.active, row.created_by, row.created_at)


def chosen(conn: Connection, name: str, channel: str, locale: str) -> Chosen:
    """What a message is made with: `name` is a type, or a template that the school named itself.

    A template in the place of a built-in one is taken in its own language only; one with a name of its own,
    in another language rather than not at all.

    Raises BadInput (422) for a name that there is no template of.
    """
    rows = conn.execute(ACTIVE, {"name": name, "channel": channel}).all()
    found = {row.locale: _version(row).own for row in rows}
    own = found.get(locale)
    if name in TYPES:
        return Chosen(name, own)
    own = own or next(iter(found.values()), None)
    return Chosen(own.type if own else type_of(conn, name), own)


def type_of(conn: Connection, name: str) -> str:
    """The type whose variables a template may use. Raises BadInput (422) when there is no such template."""
    if name in TYPES:
        return name
    found: str | None = conn.execute(TYPE, {"name": name}).scalar_one_or_none()
    if found is None:
        wrong = f"There is no template {name}."
        raise BadInput(wrong, status=422, errors=[{"loc": "template", "msg": wrong}])
    return found


def of_name(conn: Connection, name: str) -> Sequence[Version]:
    """Every version of a template, by channel, language and version."""
    return [_version(row) for row in conn.execute(OF_NAME, {"name": name})]


def current(conn: Connection) -> Sequence[Version]:
    """One version of each: the active one, or the latest where the built-in one is used."""
    return [_version(row) for row in conn.execute(CURRENT)]


def add(conn: Connection, own: Own, created_by: str) -> Version:
    """A new version, used from the commit on; its number is counted here, whatever `own` says.

    Raises BadInput (409) when the name stands for another type already.
    """
    conn.execute(TURN, {"name": own.name})
    known = conn.execute(TYPE, {"name": own.name}).scalar_one_or_none()
    if known not in (None, own.type):
        raise BadInput(f"{own.name} is a template of the type {known}; take another name.", status=409)
    where = {"name": own.name, "channel": own.channel, "locale": own.locale}
    conn.execute(LEAVE, where)
    return _version(conn.execute(ADD, {**asdict(own), "created_by": created_by}).one())


def roll_back(conn: Connection, name: str, channel: str, locale: str, version: int | None) -> Version | None:
    """Use another version: the one given, 0 for the built-in one, None for the one before the present one.

    Returns it, None for the built-in one.

    Raises BadInput: 404 for a version that there is not, 409 when there is nothing to go back to.
    """
    conn.execute(TURN, {"name": name})
    where = {"name": name, "channel": channel, "locale": locale}
    versions = [v for v in of_name(conn, name) if (v.own.channel, v.own.locale) == (channel, locale)]
    target = _before(versions) if version is None else version
    found = next((v for v in versions if v.own.version == target), None)
    if target and found is None:
        raise BadInput("There is no such version.", status=404)
    if not target and name not in TYPES:
        raise BadInput("There is no built-in template of this name to go back to.", status=409)
    conn.execute(LEAVE, where)
    if found is None:
        return None
    conn.execute(TAKE, {**where, "version": target})
    return replace(found, active=True)


def _before(versions: Sequence[Version]) -> int:
    present = next((v.own.version for v in versions if v.active), None)
    if present is None:
        raise BadInput("The built-in template is in use: there is nothing before it.", status=409)
    return max((v.own.version for v in versions if v.own.version < present), default=0)
