"""For every alert a system in which it fires, and one close by in which it does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Series = dict[str, str]
BOTH = ("notification", "analytics")


@dataclass(frozen=True)
class Case:
    """Series in promtool's notation, sampled every `every`; what is seen `at` that time after the beginning.

    `labels` are those of the alert that fires, without the ones that its rule sets; `value` is how the summary
    writes its number.
    """

    fires: Series
    quiet: Series
    at: str = "20m"
    labels: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
    every: str = "15s"


def _sent(sent: str, failed: str) -> Series:
    """Both gateways tell of the same messages."""
    name = 'notifications_total{job="%s",channel="email",type="custom",status="%s"}'
    values = {"sent": sent, "failed": failed, "unknown": "0x200"}
    return {name % (job, status): value for job in BOTH for status, value in values.items()}


def _histogram(
    name: str, labels: str, fast: int, slow: int, bounds: tuple[str, str], many: int = 200
) -> Series:
    """A histogram in which `fast` a sample stay below the first bound and `slow` below the second."""
    low, high = bounds
    every = fast + slow
    bucket = f'{name}_bucket{{{labels},job="a",le="%s"}}'
    return {
        bucket % low: f"0+{fast}x{many}",
        bucket % high: f"0+{every}x{many}",
        bucket % "+Inf": f"0+{every}x{many}",
        f'{name}_count{{{labels},job="a"}}': f"0+{every}x{many}",
    }


def _waits(queue: str, seconds: str) -> Series:
    return {f'notification_queue_oldest_seconds{{queue="{queue}",job="{job}"}}': seconds for job in BOTH}


def _size(values: str) -> Series:
    return {'notification_queue_size{queue="analytics.events",job="analytics"}': values}


def _answers(good: str, bad: str) -> Series:
    name = 'function_requests_total{function="send_email",job="notification",status="%s"}'
    return {name % "2xx": good, name % "5xx": bad}


def _week(now: str, hours: str, silence: str) -> Series:
    """A sample each quarter of an hour of eight days: `now` is the counter of events."""
    told = {'events_ingested_total{job="analytics",type="lesson.created"}': now} if now else {}
    return {
        **told,
        'school_hours{job="analytics"}': hours,
        'events_silence_seconds{job="analytics"}': silence,
    }


def _up(job: str, values: str) -> Series:
    return {f'up{{job="{job}",instance="i",service="{job}"}}': values}


def _dependency(name: str, values: str) -> Series:
    return {f'dependency_up{{dependency="{name}",job="notification"}}': values}


def _free(available: str) -> Series:
    labels = '{instance="n",mountpoint="/",fstype="ext4",device="/dev/sda1"}'
    return {
        f"node_filesystem_avail_bytes{labels}": available,
        f"node_filesystem_size_bytes{labels}": "1000x200",
    }


def _certificate(expires: str) -> Series:
    return {'probe_ssl_earliest_cert_expiry{instance="https://s"}': expires}


def _connections(used: str) -> Series:
    return {
        'database_connections{state="used",job="notification"}': used,
        'database_connections{state="allowed",job="notification"}': "100x200",
    }


MAIL, LETTERS = {"channel": "email"}, {"queue": "notifications.email"}
REPORT = 'type="lessons",format="pdf"'
DISK, HOST = {"instance": "n", "mountpoint": "/"}, {"instance": "https://s"}
NOTIFICATION = {
    # One of three that fail in a quiet school is no reason to wake anybody.
    "DeliverySuccessLow": Case(
        _sent("0+9x200", "0+1x200"), _sent("0x200", "0x60 1x140"), labels=MAIL, value="90%"
    ),
    "QueueOld": Case(
        _waits("notifications.email", "0x4 90x200"),
        {**_waits("notifications.email", "59x200"), **_waits("reports.requested", "0+3x200")},
        at="6m",
        labels=LETTERS,
        value="1m 30s",
    ),
    # Much that gets less is being worked on.
    "QueueStands": Case(_size("7x200"), _size("900-4x200"), labels={"queue": "analytics.events"}, value="7"),
    "OutboxStuck": Case(
        _waits("outbox", "0+15x200"),
        _waits("outbox", "0 15 0 15 0 15 0x200"),
        at="2m",
        labels={"queue": "outbox"},
    ),
    "DeadLetters": Case(
        {'notification_dead_letters{queue="notifications.email",job="notification"}': "0x4 3x200"},
        {'notification_dead_letters{queue="notifications.email",job="notification"}': "0x200"},
        at="4m",
        labels=LETTERS,
        value="3",
    ),
    # A wish of the Bot API to wait for a minute is ordinary.
    "ChannelDown": Case(
        {'channel_up{channel="email",job="notification"}': "1x4 0x200"},
        {'channel_up{channel="email",job="notification"}': "1x60 0x4 1x200"},
        labels=MAIL,
    ),
    "DeliverySlow": Case(
        _histogram("notification_delivery_seconds", 'channel="email"', 0, 1, ("60", "300")),
        _histogram("notification_delivery_seconds", 'channel="email"', 1, 0, ("30", "60")),
        at="25m",
        labels=MAIL,
        value="4m 48s",
    ),
    "SendingHeld": Case({"send_fence": "0x4 1x200"}, {"send_fence": "0x200"}),
    "SchedulesStopped": Case(
        {'schedule_age_seconds{job="notification"}': "0+15x200"},
        {
            'schedule_age_seconds{job="notification"}': "5 20 35 50 5 20 35 50 5 20 35 50 65 110 170 20 35 50x200"
        },
        at="10m",
        value="10m 0s",
    ),
    "ScheduleLate": Case(
        {'schedule_lateness_seconds{function="run_schedules",job="notification"}': "45x200"},
        {'schedule_lateness_seconds{function="run_schedules",job="notification"}': "1x20 45x8 1x200"},
        value="45s",
    ),
}
ANALYTICS = {
    # Sixty events every quarter of an hour, a week long; a school with one an hour is never told of.
    "NoEvents": Case(
        _week("0+60x680 40800x100", "1x800", "0x680 0+900x100"),
        _week("0+0.25x800", "1x800", "0x680 0+900x100"),
        at="7d4h",
        every="15m",
        value="1h 45m 0s",
    ),
    "EventsLag": Case(
        {'events_lag_seconds{job="analytics"}': "90x200"},
        {'events_lag_seconds{job="analytics"}': "30x200"},
        value="1m 30s",
    ),
    "ReportsSlow": Case(
        _histogram("report_generation_seconds", REPORT, 0, 1, ("10", "30")),
        _histogram("report_generation_seconds", REPORT, 1, 0, ("10", "30")),
        labels={"type": "lessons", "format": "pdf"},
        value="29s",
    ),
    "ReportsWaiting": Case(
        _waits("reports.requested", "0x4 1500x200"),
        _waits("reports.requested", "800x200"),
        at="25m",
        value="25m 0s",
        labels={"queue": "reports.requested"},
    ),
    "ChartsSlow": Case(
        _histogram("chart_render_seconds", 'format="svg"', 0, 1, ("2.5", "5")),
        _histogram("chart_render_seconds", 'format="svg"', 1, 0, ("1", "2.5")),
        labels={"format": "svg"},
        value="4.875s",
    ),
}
PLATFORM = {
    "ServiceDown": Case(
        _up("notification", "1x4 0x200"),
        _up("notification", "1 1 0 1 1 0 1x200"),
        at="3m",
        labels={"job": "notification", "instance": "i", "service": "notification"},
    ),
    "ScrapeMissing": Case(
        _up("analytics", "1x200"),
        _up("analytics", "1x200") | _up("notification", "0x200"),
        labels={"job": "notification"},
    ),
    "ExporterDown": Case(
        _up("node", "0x200"), _up("node", "1x200"), labels={"job": "node", "instance": "i", "service": "node"}
    ),
    "ProbeFails": Case(
        {'probe_success{instance="https://s",job="https"}': "0x200"},
        {'probe_success{instance="https://s",job="https"}': "1x10 0x4 1x200"},
        labels={**HOST, "job": "https"},
    ),
    "FunctionDown": Case(
        {'function_up{function="send_email",job="notification"}': "1x4 0x200"},
        {'function_up{function="send_email",job="notification"}': "1x4 0x4 1x200"},
        labels={"function": "send_email"},
    ),
    "FunctionFails": Case(
        _answers("0+9x200", "0+1x200"),
        _answers("0+9x200", "0x60 1x200"),
        labels={"function": "send_email"},
        value="10%",
    ),
    # Whoever makes a report may take its time.
    "FunctionSlow": Case(
        _histogram("function_request_seconds", 'function="send_email"', 0, 1, ("5", "10"))
        | {'function_requests_total{function="send_email",status="2xx",job="a"}': "0+1x200"},
        _histogram("function_request_seconds", 'function="generate_report"', 0, 1, ("5", "10"))
        | {'function_requests_total{function="generate_report",status="2xx",job="a"}': "0+1x200"},
        labels={"function": "send_email"},
        value="9.75s",
    ),
    "DependencyDown": Case(
        _dependency("database", "1x4 0x200"),
        _dependency("database", "1x4 0x4 1x200"),
        labels={"dependency": "database"},
    ),
    "DependencyDegraded": Case(
        _dependency("cache", "0x200"), _dependency("cache", "1x200"), labels={"dependency": "cache"}
    ),
    "DatabaseConnectionsLow": Case(_connections("90x200"), _connections("80x200"), value="90%"),
    "BrokerAlarm": Case(
        {'rabbitmq_alarms_memory_used_watermark{instance="r"}': "0x4 1x200"},
        {'rabbitmq_alarms_memory_used_watermark{instance="r"}': "0x200"},
    ),
    "DiskFilling": Case(_free("120x200"), _free("160x200"), labels=DISK, value="12%"),
    "DiskFull": Case(_free("40x200"), _free("60x200"), labels=DISK, value="4%"),
    "MemoryLow": Case(
        {
            'node_memory_MemAvailable_bytes{instance="n"}': "5x200",
            'node_memory_MemTotal_bytes{instance="n"}': "100x200",
        },
        {
            'node_memory_MemAvailable_bytes{instance="n"}': "20x200",
            'node_memory_MemTotal_bytes{instance="n"}': "100x200",
        },
        labels={"instance": "n"},
        value="95%",
    ),
    "CertificateExpires": Case(
        _certificate("871200x400"), _certificate("1296000x400"), at="80m", labels=HOST, value="10d 0h 40m 0s"
    ),
    "CertificateExpiresSoon": Case(
        _certificate("173400x200"), _certificate("432000x200"), at="10m", labels=HOST, value="2d 0h 0m 0s"
    ),
    "AlertsUndelivered": Case(
        {'alertmanager_notifications_failed_total{integration="email"}': "0x20 4x200"},
        {'alertmanager_notifications_failed_total{integration="email"}': "0x200"},
        at="8m",
        labels={"integration": "email"},
    ),
}
CASES: Mapping[str, Case] = {**NOTIFICATION, **ANALYTICS, **PLATFORM}
