"""A base image of Debian's own packages, with this machine's way to its registries in it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
SOURCES = ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources", "/etc/apt/auth.conf.d")
# What pip has to know to reach its index from inside. Where wheels lie on this machine means nothing there.
PIP = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "PIP_CERT",
    "PIP_DEFAULT_TIMEOUT",
    "SSL_CERT_FILE",
)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY")


def make(archive: Path) -> None:
    """Write the tar of a minimal Debian 12. Raises CalledProcessError."""
    folder = archive.with_suffix(".root")
    try:
        with (archive.parent / "debootstrap.log").open("wb") as log:
            subprocess.run(
                ["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", folder, _mirror()],
                check=True, stdout=log, stderr=log,
            )  # fmt: skip
        _slimmed(folder)
        _introduced(folder)
        subprocess.run(["tar", "-C", folder, "-cf", archive, "."], check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment() -> list[str]:
    """The lines of a Dockerfile that tell pip of this machine's index."""
    return [f"ENV {name}={os.environ[name]}" for name in PIP if name in os.environ]


def proxies() -> list[str]:
    """Arguments of `docker build`: Docker keeps these out of the image."""
    names = [each for name in PROXIES for each in (name, name.lower()) if each in os.environ]
    return [word for name in names for word in ("--build-arg", name)]


def _mirror() -> str:
    """Where this machine has its own packages from."""
    for path in map(Path, SOURCES[:2]):
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if found := re.search(
            r"^(?:URIs:|deb(?: \[.*?\])?) *(https?://\S+/debian/?)(?:\s|$)", text, re.MULTILINE
        ):
            return found[1]
    return MIRROR


def _slimmed(folder: Path) -> None:
    for name in (
        "var/cache/apt/archives",
        "var/lib/apt/lists",
        "usr/share/doc",
        "usr/share/man",
        "usr/share/locale",
    ):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "var/cache/apt/archives/partial").mkdir(parents=True)


def _introduced(folder: Path) -> None:
    """Certificates, apt's and pip's settings as they are on this machine, where it has any."""
    shutil.rmtree(folder / "etc/ssl/certs")
    _copy(Path("/etc/ssl/certs"), folder)
    if any(Path(p).exists() for p in SOURCES[:2]):
        (folder / "etc/apt/sources.list").unlink(missing_ok=True)
    for path in map(Path, (*SOURCES, "/etc/pip.conf")):
        if path.exists():
            _copy(path, folder)
    for path in Path("/etc/apt/apt.conf.d").iterdir():
        if "Acquire" in path.read_text(encoding="utf-8", errors="replace"):
            _copy(path, folder)


def _copy(path: Path, folder: Path) -> None:
    """To the same place below `folder`; links are followed, for what they lead to may not be there."""
    to = folder / path.relative_to("/")
    if path.is_dir():
        shutil.copytree(path, to, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    else:
        shutil.copy(path, to)
