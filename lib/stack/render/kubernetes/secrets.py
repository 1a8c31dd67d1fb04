"""The folder `secrets/` as Kubernetes' Secrets: one each, with one key of the same name."""

from pathlib import Path
from typing import Any

from lib.stack.model import Stack
from lib.stack.render.kubernetes.beside import BRIDGE_SECRETS
from lib.stack.render.kubernetes.pod import OPTIONAL_SECRETS


class SecretAbsent(ValueError):
    """A file that is needed is not there, or is empty."""


def secrets(stack: Stack, folder: Path, namespace: str) -> list[dict[str, Any]]:
    """A Secret for each file of `folder` that the functions or the bridge read.

    OpenFaaS starts no function without all that it names, so what may be empty is there, too, and empty.
    Raises SecretAbsent.
    """
    names = sorted({*stack.secrets, *BRIDGE_SECRETS})
    return [_secret(name, _value(folder / name), namespace) for name in names]


def _value(path: Path) -> str:
    value = path.read_text(encoding="utf-8") if path.exists() else ""
    if not value.strip() and path.name not in OPTIONAL_SECRETS:
        raise SecretAbsent(f"{path} is not there or empty: deploy/secrets.sh makes it, or put the value in.")
    return value


def _secret(name: str, value: str, namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/part-of": "repitbot"},
        },
        "type": "Opaque",
        "stringData": {name: value},
    }
