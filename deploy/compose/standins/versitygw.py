#!/usr/bin/python3
"""moto's S3 behind versitygw's command line: `versitygw --port :7070 posix /data`. Folders below /data are buckets.

It keeps files in memory and lets in whoever asks: good enough to see that ours are put and fetched.
"""

import os
import signal
import sys
from pathlib import Path

# The host's first word would be taken for a bucket.
os.environ["S3_IGNORE_SUBDOMAIN_BUCKETNAME"] = "true"

import boto3
from moto.server import ThreadedMotoServer


def main() -> None:
    """Serve until SIGTERM."""
    _, port, _, folder = sys.argv[1:]
    server = ThreadedMotoServer("0.0.0.0", int(port.removeprefix(":")))  # noqa: S104 - a container's port
    server.start()
    _, number = server.get_host_and_port()
    keys = {
        "aws_access_key_id": os.environ["ROOT_ACCESS_KEY"],
        "aws_secret_access_key": os.environ["ROOT_SECRET_KEY"],
    }
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{number}", region_name="us-east-1", **keys)
    for bucket in Path(folder).iterdir():
        client.create_bucket(Bucket=bucket.name)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
