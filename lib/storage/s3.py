"""A bucket as a store, on Amazon's S3 or any other that speaks its API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from lib.errors import Permanent, Temporary
from lib.storage.model import Stored, checked_key, checked_seconds, disposition

# Waits in seconds; with two tries a call is over in half a minute, which is within a lease.
CONNECT_S, READ_S, TRIES = 2, 10, 2
ABSENT = ("404", "NoSuchKey", "NotFound")
BUSY = (
    "SlowDown",
    "RequestTimeout",
    "RequestTimeTooSkewed",
    "Throttling",
    "ThrottlingException",
    "InternalError",
)
DEFAULT_REGION = "us-east-1"


class S3Store:
    """`prefix` stands before every key. `client` is a boto3 client; see `connected`."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """See `Store`."""
        with _sorted_errors():
            self._client.put_object(**self._at(key), Body=data, ContentType=media_type)

    def get(self, key: str) -> bytes:
        """See `Store`."""
        with _sorted_errors():
            data: bytes = self._client.get_object(**self._at(key))["Body"].read()
            return data

    def exists(self, key: str) -> bool:
        """See `Store`."""
        try:
            with _sorted_errors():
                self._client.head_object(**self._at(key))
        except Permanent as error:
            if error.reason == "not_stored":
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        """See `Store`."""
        with _sorted_errors():
            self._client.delete_object(**self._at(key))

    def stored(self, prefix: str) -> Iterator[Stored]:
        """See `Store`."""
        asked = {"Bucket": self._bucket, "Prefix": f"{self._prefix}{checked_key(prefix)}/"}
        with _sorted_errors():
            for page in self._client.get_paginator("list_objects_v2").paginate(**asked):
                for each in page.get("Contents", ()):
                    key = each["Key"].removeprefix(self._prefix)
                    yield Stored(key, each["LastModified"].astimezone(UTC), each["Size"])

    def link(self, key: str, filename: str, media_type: str, seconds: int, *, base: str) -> str:  # noqa: ARG002
        """See `Store`: a presigned GET."""
        named = {"ResponseContentDisposition": disposition(filename), "ResponseContentType": media_type}
        with _sorted_errors():
            url: str = self._client.generate_presigned_url(
                "get_object", Params={**self._at(key), **named}, ExpiresIn=checked_seconds(seconds)
            )
            return url

    def ping(self) -> None:
        """See `Store`: the bucket is there and ours. Whether it takes files only writing one would show."""
        with _sorted_errors():
            self._client.head_bucket(Bucket=self._bucket)

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{checked_key(key)}"}


def connected(
    *, endpoint_url: str, region: str, access_key_id: str, secret_access_key: str, tries: int = TRIES
) -> Any:
    """A client; empty values are left to what the machine is given."""
    # Imported here: 0.3 s and 34 MB that a folder does not need.
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"total_max_attempts": tries, "mode": "standard"},
        signature_version="s3v4",
        # A server of one's own seldom has a name for each bucket, nor Amazon's newer checksums.
        s3={"addressing_style": "path" if endpoint_url else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint_url or None,
        region_name=region or DEFAULT_REGION,
        aws_access_key_id=access_key_id or None,
        aws_secret_access_key=secret_access_key or None,
        config=config,
    )


@contextmanager
def _sorted_errors() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

    try:
        yield
    except ClientError as error:
        raise _sorted_out(error.response) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise Permanent("storage_refused", "The storage does not let us in.") from error
    except BotoCoreError as error:
        raise Temporary("The storage does not answer now.", retry_after=5) from error


def _sorted_out(response: Any) -> Permanent | Temporary:
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
    if status == 404 and code in ABSENT:
        return Permanent("not_stored", "There is no such file any more.")
    if status >= 500 or status == 429 or code in BUSY:
        return Temporary("The storage is busy.", retry_after=5)
    return Permanent("storage_refused", "The storage does not let us in.")
