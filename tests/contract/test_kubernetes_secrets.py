"""The folder secrets/ becomes Kubernetes' Secrets, whole or not at all."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from lib.stack import Stack
from lib.stack.__main__ import main
from lib.stack.render.kubernetes.pod import OPTIONAL_SECRETS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path: Path, stack: Stack) -> Path:
    """A checkout whose secrets hold a value that YAML would misread bare, or nothing where they may."""
    (tmp_path / "stack.yml").write_text((ROOT / "stack.yml").read_text())
    (tmp_path / "secrets").mkdir()
    for name in {*stack.secrets, "rabbitmq-url"} - OPTIONAL_SECRETS:
        (tmp_path / "secrets" / name).write_text(f"{name}: 'yes' # \"1\"\n#")
    (tmp_path / "secrets" / "dkim-private-key").write_text("-----BEGIN\nA\n-----END\n")
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(capsys.readouterr().out))


def test_each_secret_is_a_secret_with_one_key_of_its_name(
    copy: Path, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["secrets", "--root", str(copy), "--namespace", "openfaas-fn"]) == 0
    made = {d["metadata"]["name"]: d for d in printed(capsys)}
    assert set(made) == {*stack.secrets, "rabbitmq-url"}
    for name, document in made.items():
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
        path = copy / "secrets" / name
        assert document["stringData"] == {name: path.read_text() if path.exists() else ""}
        assert document["metadata"]["namespace"] == "openfaas-fn"


def test_a_secret_that_is_needed_and_empty_is_named_and_nothing_is_printed(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "secrets" / "jwt-secret-key").write_text(" \n")
    assert main(["secrets", "--root", str(copy)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "secrets/jwt-secret-key is not there or empty" in err
