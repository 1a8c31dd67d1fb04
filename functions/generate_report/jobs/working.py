"""Making one report: claimed with a lease, made with the rights of whoever asked, stored, finished.

A crash at any line leaves a row that shows it. Before the file's key is written down, the next holder of the lease
makes the report anew; after it, the next one finds the file in the store and only finishes, or makes it anew when it
is not there. Finishing, the news and the letter are one transaction.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Row, exc

from functions.generate_report.jobs import telling
from functions.generate_report.jobs.sentences import sentence
from functions.generate_report.making import Ask, Made, Wanted, make
from lib.auth import on_behalf
from lib.db import artifacts, erasures, recipients, reports
from lib.db.reports import TRIES, File, Refusal
from lib.errors import BadInput, Permanent, Temporary
from lib.queue import outbox
from lib.runtime import metrics, reporting
from lib.runtime.call import Call
from lib.storage.model import Store, key_of
from lib.storage.opening import opened

FOLDER = "reports"
# What the making itself takes of the hundred.
MAKING_PERCENT, STORING_PERCENT = 90, 95
# What waits for others does not count as a try, but not without end.
AWAY_FOR = timedelta(hours=1)
FINAL = ("done", "failed", "expired", "cancelled")
DATABASE_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
log = structlog.get_logger()


class LeaseLost(Exception):
    """Somebody cancelled it, somebody else makes it, or an erasure wants it made anew."""


class GivenUp(Exception):
    """It cannot be made; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed report."""

    call: Call
    row: Row[Any]
    token: str
    store: Store

    @property
    def id(self) -> str:
        """The report's id."""
        return str(self.row.id)

    def said(self, reason: str, detail: str = "") -> str:
        """A sentence in the report's language."""
        return sentence(reason, self.row.locale, detail)


def work(call: Call, report_id: str) -> None:
    """One try at one report. Raises Temporary when it is somebody else's turn, or ours again later."""
    token = uuid.uuid4().hex
    with call.db.begin() as conn:
        # What is read from here on is read after any erasure, or the erasure takes the lease away.
        erasures.somebody(conn)
        found = reports.claim(conn, report_id, token)
    if found is None:
        return
    if isinstance(found, Refusal):
        _not_ours(found)
        return
    job = Job(call, found, token, opened(call.settings))
    with structlog.contextvars.bound_contextvars(report=job.id, attempt=found.attempts):
        _attempt(job)


def _not_ours(found: Refusal) -> None:
    if found.state not in FINAL:
        raise Temporary("Somebody is at it.", retry_after=max(1.0, found.lease_left + 1))


def _attempt(job: Job) -> None:
    try:
        _finish(job, _kept(job) or _stored(job))
    except LeaseLost:
        _let_go(job)
    except GivenUp as error:
        _fail(job, str(error))
    except BadInput as error:
        seen = error.status in (401, 403, 404)
        _fail(job, job.said("not_allowed") if seen else job.said("refused", error.detail))
    except Permanent as error:
        log.error("storage refused", reason=error.reason)
        _fail(job, job.said("not_stored"))
    except Temporary as error:
        _again(job, "away", error.retry_after, refund=True)
    except DATABASE_AWAY:
        # Nothing can be written down now; the lease runs out, and the message comes again.
        raise
    except Exception as error:
        log.exception("report broke off")
        _again(job, "unforeseen", 2.0**job.row.attempts, refund=False, cause=error)


def _kept(job: Job) -> File | None:
    """The file that an earlier try had stored before it was cut off."""
    row = job.row
    if row.attempts > TRIES:
        raise GivenUp(job.said("crashed"))
    if row.artifact_key is None or not job.store.exists(row.artifact_key):
        return None
    known = (row.artifact_key, row.artifact_sha256, row.artifact_bytes, row.media_type, row.filename)
    return File(*known, row.digest)


def _stored(job: Job) -> File:
    made = _made(job)
    digest = hashlib.sha256(made.data).hexdigest()
    key = key_of(FOLDER, made.data)
    file = File(key, digest, len(made.data), made.media_type, made.filename, made.digest)
    _progress(job, STORING_PERCENT, "storing")
    with job.call.db.begin() as conn:
        if not reports.intend(conn, job.id, job.token, file):
            raise LeaseLost
    job.store.put(key, made.data, made.media_type)
    return file


def _made(job: Job) -> Made:
    row, settings = job.row, job.call.settings
    role, _, sub = row.requested_by.partition(":")
    with job.call.db.connect() as conn:
        known = recipients.get(conn, sub)
    if known is not None and not known.active:
        raise GivenUp(job.said("inactive"))
    token = on_behalf.mint(settings.jwt_secret_key, sub=sub, role=role, scopes=row.scopes)
    wanted = Wanted(row.type, row.format, row.parameters, row.locale)
    with metrics.REPORTS.labels(row.type, row.format).time():
        return make(
            wanted,
            Ask(job.call.peers, token, job.call.db),
            lambda percent, stage: _progress(job, percent * MAKING_PERCENT // 100, stage),
        )


def _progress(job: Job, percent: int, stage: str) -> None:
    """Shown to whoever waits; keeps the lease. Raises LeaseLost, which stops the work."""
    with job.call.db.begin() as conn:
        if not reports.renew(conn, job.id, job.token, percent, stage):
            raise LeaseLost


def _finish(job: Job, file: File) -> None:
    copy = telling.copy_of(job.row, file, job.store)
    try:
        with job.call.db.begin() as conn:
            erasures.somebody(conn)
            letter = telling.tell(conn, job.call, job.row, file, copy)
            days = job.call.settings.artifact_days
            done = reports.finish(conn, job.id, job.token, days=days, notification_id=letter)
            if done is None:
                raise LeaseLost
            outbox.add(conn, [reporting.over(done)])
    except LeaseLost:
        with job.call.db.begin() as conn:
            artifacts.end(conn, file.key)
            outbox.add(conn, [reporting.sweep(f"{job.id}:{job.token}")])
        raise
    log.info("report done", bytes=file.bytes)


def _let_go(job: Job) -> None:
    with job.call.db.connect() as conn:
        row = reports.get(conn, job.id)
    log.warning("lease lost", state=row.state if row else None)
    if row is not None and row.state not in FINAL:
        raise Temporary("It is to be made anew, or somebody else is at it.", retry_after=1)


def _fail(job: Job, error: str) -> None:
    with job.call.db.begin() as conn:
        erasures.somebody(conn)
        failed = reports.fail(conn, job.id, job.token, error)
        if failed is not None:
            artifacts.drop(conn, job.id)
            outbox.add(conn, [reporting.over(failed)])
    log.warning("report failed", error=error)


def _again(
    job: Job, reason: str, retry_after: float, *, refund: bool, cause: Exception | None = None
) -> None:
    """Another try later, unless there were enough."""
    waited_long = job.call.now - job.row.started_at > AWAY_FOR
    if waited_long if refund else job.row.attempts >= TRIES:
        _fail(job, job.said(reason))
        return
    with job.call.db.begin() as conn:
        back = reports.put_back(conn, job.id, job.token, refund=refund)
    if not back:
        _let_go(job)
        return
    raise Temporary("The report is made at the next try.", retry_after=retry_after) from cause
