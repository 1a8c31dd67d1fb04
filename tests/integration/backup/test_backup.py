"""A backup is one moment of everything, whole or not there; a restore brings all of it back or says what is missing."""

import io
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text

from lib.db import migrations
from lib.errors import Temporary
from lib.local.backup import programs
from lib.local.backup.__main__ import main
from lib.local.backup.archive import reading
from lib.local.backup.making import keep_newest, make
from lib.local.backup.restoring import restore
from lib.local.backup.trouble import Trouble
from lib.local.servers.postgres import PostgresServer, packaged_programs
from lib.storage.files import FileStore
from lib.storage.model import key_of
from tests.integration.notifications.school import School, lesson

PDF = b"%PDF-1.7 of this test"
KEY = key_of("reports", PDF)
REPORT = (
    "INSERT INTO reports (id, type, format, parameters, locale, state, requested_by, artifact_key, media_type) VALUES "
    "(gen_random_uuid(), 'lesson', 'pdf', '{}', 'ru', 'done', 'admin:a-1', :key, 'application/pdf')"
)


def quiet(_: str) -> None:
    """Nobody listens."""


def filled(school: School, store: FileStore) -> School:
    """People, messages that were sent and that wait, and a file."""
    school.person("sasha")
    school.person("olga", role="tutor")
    school.event(lesson())
    school.send_all()
    school.event(lesson("l-2", id="e-2"))
    store.put(KEY, PDF, "application/pdf")
    school.sql(REPORT, key=KEY)
    return school


def backed_up(school: School, store: FileStore, folder: Path) -> Path:
    url = school.services.settings.database_url
    return make(url, store, folder, version="0.1.0", tell=quiet)


def tables_of(url: str) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as conn:
        names = list(
            conn.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        )
        counts = {
            name: conn.execute(select(func.count()).select_from(text(name))).scalar_one() for name in names
        }
    engine.dispose()
    return counts


def test_everything_comes_back_with_its_files(
    school: School, store: FileStore, empty_url: str, tmp_path: Path
) -> None:
    made = backed_up(filled(school, store), store, tmp_path / "backups")
    elsewhere = FileStore(tmp_path / "elsewhere", "a-secret")
    told = restore(empty_url, elsewhere, made, tell=quiet)
    before, after = tables_of(school.services.settings.database_url), tables_of(empty_url)
    assert after == {**before, "send_fence": 1}
    assert told.tables["public.deliveries"].count == before["deliveries"] > 0
    assert elsewhere.get(KEY) == PDF
    assert made.stat().st_mode & 0o077 == 0


def test_a_backup_under_load_shows_one_moment(
    school: School, store: FileStore, empty_url: str, tmp_path: Path
) -> None:
    """A writer moves rows from one table to another; in no backup is one in both, or in neither."""
    filled(school, store)
    school.sql_script(
        "CREATE TABLE one (n int, filler text); CREATE TABLE two (LIKE one);"
        "INSERT INTO one SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n"
    )
    over, moved = threading.Event(), threading.Event()

    def move() -> None:
        while not over.is_set():
            school.sql(
                "WITH gone AS (DELETE FROM one WHERE n IN (SELECT n FROM one LIMIT 5) RETURNING *) "
                "INSERT INTO two SELECT * FROM gone"
            )
            moved.set()

    writer = threading.Thread(target=move, daemon=True)
    writer.start()
    try:
        assert moved.wait(30)
        made = backed_up(school, store, tmp_path / "backups")
    finally:
        over.set()
        writer.join(30)
    told = restore(empty_url, store, made, tell=quiet)
    assert told.tables["public.two"].count > 0
    assert told.tables["public.one"].count + told.tables["public.two"].count == 20000
    counts = tables_of(empty_url)
    assert (counts["one"], counts["two"]) == (
        told.tables["public.one"].count,
        told.tables["public.two"].count,
    )
    assert counts["two"] < tables_of(school.services.settings.database_url)["two"]


def test_a_row_that_changed_on_the_way_is_noticed(
    school: School, store: FileStore, empty_url: str, tmp_path: Path, postgres: PostgresServer
) -> None:
    made = backed_up(filled(school, store), store, tmp_path / "backups")
    with reading(made) as backup:
        told = backup.manifest
    wrong = {**told.tables, "public.users": told.tables["public.users"].model_copy(update={"sum": "1:1"})}
    changed = repacked(
        made, tmp_path / "changed.tar", told.model_copy(update={"tables": wrong}).model_dump_json()
    )
    with pytest.raises(Trouble, match=r"These tables are not what was backed up: public\.users\."):
        restore(empty_url, store, changed, tell=quiet)
    engine = create_engine(empty_url)
    with engine.connect() as conn:
        assert conn.execute(text("SELECT opened_at IS NULL FROM send_fence")).scalar_one()
    engine.dispose()


def repacked(made: Path, to: Path, manifest: str) -> Path:
    """The same backup with another manifest."""
    with tarfile.open(made) as old, tarfile.open(to, "w") as new:
        for member in old.getmembers():
            source = old.extractfile(member)
            if member.name == "manifest.json":
                member.size = len(manifest.encode())
                source = io.BytesIO(manifest.encode())
            new.addfile(member, source)
    return to


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_was_cut_short_is_no_backup(
    school: School, store: FileStore, empty_url: str, tmp_path: Path, share: float
) -> None:
    made = backed_up(filled(school, store), store, tmp_path / "backups")
    cut = tmp_path / "cut.tar"
    cut.write_bytes(made.read_bytes()[: int(made.stat().st_size * share)])
    with pytest.raises(Trouble, match=r"no whole backup|damaged|missing"):
        restore(empty_url, store, cut, tell=quiet)
    assert tables_of(empty_url) == {}
    assert main(["--verify", str(cut)]) == 1
    assert main(["--verify", str(made)]) == 0


def test_a_flipped_bit_is_found_before_anything_is_loaded(
    school: School, store: FileStore, empty_url: str, tmp_path: Path
) -> None:
    made = backed_up(filled(school, store), store, tmp_path / "backups")
    spoilt = bytearray(made.read_bytes())
    spoilt[5000] ^= 1
    made.write_bytes(spoilt)
    with pytest.raises(Trouble, match=r"database\.dump in the backup is damaged"):
        restore(empty_url, store, made, tell=quiet)
    assert tables_of(empty_url) == {}


class FullStore(FileStore):
    """A store that breaks down while it is read."""

    def get(self, key: str) -> bytes:
        raise Temporary(f"The storage does not give {key} now.", retry_after=5)


def test_a_backup_that_fails_leaves_no_file_behind(school: School, store: FileStore, tmp_path: Path) -> None:
    filled(school, store)
    with pytest.raises(Temporary):
        backed_up(school, FullStore(tmp_path / "artifacts", "a-secret"), tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_database_with_tables_is_not_restored_into(
    school: School, store: FileStore, tmp_path: Path, database_url: str, new_database: Callable[[], str]
) -> None:
    made = backed_up(filled(school, store), store, tmp_path / "backups")
    with pytest.raises(Trouble, match="This database is not empty: it has"):
        restore(new_database(), store, made, tell=quiet)


def test_a_database_in_use_is_not_restored_into(
    school: School, store: FileStore, empty_url: str, tmp_path: Path
) -> None:
    made = backed_up(filled(school, store), store, tmp_path / "backups")
    engine = create_engine(empty_url)
    with engine.connect() as conn:
        conn.execute(text("SELECT 1"))
        with pytest.raises(Trouble, match="in use"):
            restore(empty_url, store, made, tell=quiet)
    engine.dispose()
    assert tables_of(empty_url) == {}


def test_no_secret_is_in_a_backup(school: School, store: FileStore, tmp_path: Path) -> None:
    made = backed_up(filled(school, store), store, tmp_path / "backups")
    settings = school.services.settings
    password = settings.database_url.split(":")[2].split("@")[0]
    with tarfile.open(made) as tar:
        tar.extractall(tmp_path / "inside", filter="data")
    plain = programs.run(
        [packaged_programs() / "pg_restore", "--file=-", tmp_path / "inside" / "database.dump"], ""
    )
    said = plain + (tmp_path / "inside" / "manifest.json").read_text()
    assert "sasha@example.com" in said
    for secret in (password, settings.jwt_secret_key, settings.bot_token, settings.telegram_webhook_secret):
        assert secret not in said


def test_only_the_newest_backups_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"repitbot-2026-11-0{day}T030000Z.tar").touch()
    (tmp_path / "somebody-elses.tar").touch()
    gone = keep_newest(tmp_path, 2)
    assert sorted(path.name[9:19] for path in gone) == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "repitbot-2026-11-04T030000Z.tar",
        "repitbot-2026-11-05T030000Z.tar",
        "somebody-elses.tar",
    ]


def test_the_programs_fit_the_server_or_it_is_said_which_are_missing() -> None:
    assert programs.of_server(18) == packaged_programs()
    assert programs.of_server(16) != packaged_programs()
    with pytest.raises(Trouble, match="Install postgresql-client-99"):
        programs.of_server(99)


def test_an_older_server_is_backed_up_with_programs_of_its_own(store: FileStore, tmp_path: Path) -> None:
    """PostgreSQL 16, as it may stand elsewhere; what comes from it goes into 18, and not the other way round."""
    older = packaged_programs().parents[1] / "pginstall" / "bin"
    with (
        PostgresServer(tmp_path / "sixteen", programs=older) as sixteen,
        PostgresServer(tmp_path / "eighteen") as eighteen,
    ):
        migrations.upgrade(sixteen.url())
        made = make(sixteen.url(), store, tmp_path / "backups", version="0.1.0", tell=quiet)
        told = restore(eighteen.url(), store, made, tell=quiet)
        assert told.postgres == 16
        newer = make(eighteen.url(), store, tmp_path / "newer", version="0.1.0", tell=quiet)
        engine = create_engine(sixteen.url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            conn.execute(text("CREATE DATABASE empty"))
        engine.dispose()
        with pytest.raises(Trouble, match="comes from PostgreSQL 18, this server is 16"):
            restore(sixteen.url("empty"), store, newer, tell=quiet)
