"""The table of functions in the READMEs."""

from lib.stack.model import FunctionSpec, Stack

ENGLISH = ("function", "port", "routes", "also triggered by", "queue", "schedule")
RUSSIAN = ("функция", "порт", "адреса", "также по", "очередь", "расписание")


def table(stack: Stack, words: tuple[str, ...]) -> str:
    """A Markdown table, one row per function, headed in the language of `words`."""
    *head, queue, schedule = words
    rows = [tuple(head), ("---",) * len(head), *(_row(f, queue, schedule) for f in stack.functions)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _row(f: FunctionSpec, queue: str, schedule: str) -> tuple[str, ...]:
    ports = sorted({r.port for r in f.routes})
    prefixes = list(dict.fromkeys(r.prefix for r in f.routes))
    trigger = f"{queue} `{f.queue}`" if f.queue else f"{schedule} `{f.schedule}`" if f.schedule else ""
    return (
        f"[`{f.module}`](functions/{f.module})",
        ", ".join(map(str, ports)),
        ", ".join(f"`{prefix}`" for prefix in prefixes),
        trigger,
    )
