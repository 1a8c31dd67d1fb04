"""A migration only adds what the version before does not mind: its functions run on the new schema, and so going back
is deploying it again. squawk reads every statement; here stand the exceptions that may be made, and how."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from lib.db.migrations import HERE
from lib.runtime.settings import VERSION

# Earlier ones belong to no version that anybody runs.
SINCE = "0010"
FILES = sorted(path for path in (HERE / "versions").glob("*.sql") if path.name >= SINCE)
BREAKING = (
    *("adding-not-nullable-field", "adding-required-field", "changing-column-type", "renaming-column"),
    *("renaming-table", "ban-drop-column", "ban-drop-table", "ban-drop-function", "ban-drop-not-null"),
)
BLOCKING = (
    *("adding-foreign-key-constraint", "constraint-missing-not-valid", "disallowed-unique-constraint"),
    *(
        "require-concurrent-index-creation",
        "require-concurrent-index-deletion",
        "ban-concurrent-index-creation-in-transaction",
    ),
)
# How a migration that takes something away says that nobody needs it any more.
CONTRACT = re.compile(r"^-- contract: nothing since (\d+)\.(\d+)\.(\d+) uses \S", re.MULTILINE)
BUSY_TABLES = (
    "events",
    "deliveries",
    "notifications",
    "timeline",
    "outbox",
    "queue_messages",
    "lessons",
    "recipients",
)


def found(path: Path) -> set[str]:
    """The rules that a file breaks, of those that count here. Tables made in the same file are nobody's yet."""
    argv = [".venv/bin/squawk", "--reporter", "Json", "--assume-in-transaction", str(path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    told = {each["rule_name"] for each in json.loads(done.stdout)}
    return told & {*BREAKING, *BLOCKING}


def excused(path: Path) -> bool:
    """Whether it names an earlier version that stopped using what it takes away."""
    named = CONTRACT.search(path.read_text(encoding="utf-8"))
    return named is not None and tuple(map(int, named.groups())) < tuple(map(int, VERSION.split(".")))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_what_the_released_code_uses_stays(path: Path) -> None:
    assert not found(path) & set(BREAKING) or excused(path)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_table_in_use_is_blocked_while_work_is_done(path: Path) -> None:
    assert not found(path) & set(BLOCKING)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_at_most_one_table_in_use_is_changed_in_one_transaction(path: Path) -> None:
    """Whoever holds one table and waits for the next holds up the readers of both."""
    changed = set(
        re.findall(r"^(?:ALTER|LOCK) TABLE (?:IF EXISTS |ONLY )*(\w+)", path.read_text(), re.MULTILINE)
    )
    # Changes of how values are stored wait for writers alone.
    allowed = {"0010_counts": {"outbox", "queue_messages"}}.get(path.stem, set())
    assert len((changed & set(BUSY_TABLES)) - allowed) <= 1


def test_the_waiting_time_for_locks_is_the_migrators_own_affair() -> None:
    """A file that set its own would make readers wait for as long."""
    assert not [path.name for path in (HERE / "versions").glob("*.sql") if "lock_timeout" in path.read_text()]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE deliveries DROP COLUMN reason;", "ban-drop-column"),
        ("ALTER TABLE lessons RENAME COLUMN topic TO theme;", "renaming-column"),
        ("ALTER TABLE lessons RENAME TO classes;", "renaming-table"),
        ("ALTER TABLE users ALTER COLUMN role TYPE varchar(5);", "changing-column-type"),
        ("ALTER TABLE users ADD COLUMN wish int NOT NULL;", "adding-required-field"),
        ("DROP TABLE inbox;", "ban-drop-table"),
        ("CREATE INDEX users_role ON users (role);", "require-concurrent-index-creation"),
        ("ALTER TABLE users ADD CONSTRAINT c CHECK (role <> '');", "constraint-missing-not-valid"),
    ],
)
def test_what_would_hurt_is_found(tmp_path: Path, statement: str, rule: str) -> None:
    (tmp_path / "x.sql").write_text(f"{statement}\n")
    assert found(tmp_path / "x.sql") == {rule}


def test_a_contract_names_an_earlier_version(tmp_path: Path) -> None:
    path = tmp_path / "x.sql"
    for line, said in (
        ("-- contract: nothing since 0.0.9 uses recipients.phone", True),
        (f"-- contract: nothing since {VERSION} uses recipients.phone", False),
        ("-- nobody needs it", False),
    ):
        path.write_text(f"{line}\nALTER TABLE recipients DROP COLUMN phone;\n")
        assert excused(path) is said
