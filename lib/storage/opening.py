"""The store that STORAGE_URL names."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

from lib.storage.files import FileStore
from lib.storage.model import Store
from lib.storage.s3 import TRIES, S3Store, connected


class StorageSettings(Protocol):
    """What of the settings says where files are kept."""

    @property
    def storage_url(self) -> str: ...
    @property
    def aws_endpoint_url(self) -> str: ...
    @property
    def aws_region(self) -> str: ...
    @property
    def aws_access_key_id(self) -> str: ...
    @property
    def aws_secret_access_key(self) -> str: ...
    @property
    def jwt_secret_key(self) -> str: ...


@lru_cache(maxsize=8)
def opened(settings: StorageSettings, *, tries: int = TRIES) -> Store:
    """`file://folder` (relative to where the process runs, or absolute) or `s3://bucket/prefix`; made once a process.

    `settings` must be hashable. Asks nothing of the store yet.
    """
    kind, _, place = settings.storage_url.partition("://")
    if kind == "file":
        return FileStore(Path(place), settings.jwt_secret_key)
    bucket, _, prefix = place.partition("/")
    client = connected(
        endpoint_url=settings.aws_endpoint_url,
        region=settings.aws_region,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=settings.aws_secret_access_key,
        tries=tries,
    )
    return S3Store(client, bucket, prefix)
