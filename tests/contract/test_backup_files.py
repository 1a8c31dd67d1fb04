"""What runs backups in containers fits the stack it stands beside."""

from pathlib import Path
from typing import Any

import yaml
from kubernetes_validate import validate

from lib.runtime.settings import VERSION

ROOT = Path(__file__).resolve().parents[2]
BACKUP: dict[str, Any] = yaml.safe_load((ROOT / "deploy/backup/compose.yml").read_text())["services"][
    "backup"
]
STACK: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.local.yml").read_text())


def test_it_uses_networks_and_secrets_that_the_stack_has() -> None:
    assert set(BACKUP["networks"]) <= set(STACK["networks"])
    assert {each["source"] for each in BACKUP["secrets"]} <= set(STACK["secrets"])


def test_it_finds_the_files_where_the_functions_put_them() -> None:
    where = STACK["x-environment"]
    assert {name: BACKUP["environment"][name] for name in ("STORAGE_URL", "AWS_ENDPOINT_URL")} == {
        name: where[name] for name in ("STORAGE_URL", "AWS_ENDPOINT_URL")
    }


def test_its_programs_are_as_old_as_the_server() -> None:
    """Debian 12 has version 15; pg_dump refuses a newer server."""
    assert STACK["services"]["postgres"]["image"].startswith("postgres:15")
    assert "postgresql-client " in (ROOT / "deploy/backup/Dockerfile").read_text()


def test_the_nightly_job_is_one_that_kubernetes_takes_and_of_this_version() -> None:
    claim, job = yaml.safe_load_all((ROOT / "deploy/backup/cronjob.yaml").read_text())
    for each in (claim, job):
        validate(each, "1.31", strict=True)
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == f"repitbot/backup:{VERSION}"
    assert {volume["name"] for volume in pod["volumes"]} == {
        mount["name"] for mount in pod["containers"][0]["volumeMounts"]
    }
