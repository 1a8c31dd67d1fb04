"""`revenue_trends`: what came in and what went back, each currency by itself."""

from dataclasses import replace
from decimal import Decimal
from itertools import accumulate
from typing import Any

from functions.render_chart.figures import frame, numbers, saying
from functions.render_chart.figures.drill import Opens
from functions.render_chart.figures.forms import course, shares
from functions.render_chart.figures.forms.course import Buckets, Panel, Series
from functions.render_chart.figures.look import Look
from functions.render_chart.figures.names import said
from functions.render_chart.figures.story import Column, Ranks, Spark, Story, Table
from functions.render_chart.figures.words import named, others, word, word_for

MOST_RINGS = 4
_KEYS = ("revenue", "refunded", "net", "payments")


def figure(answer: dict[str, Any], look: Look) -> dict[str, Any]:
    """An answer of /analytics/payments/summary as `line`, `bar`, `area` (running total) or `pie` (by method)."""
    codes = saying.by_payments(answer["summary"], "payments")
    look = replace(look, payer=_of_payers(answer["filters"]))
    told = _story(answer, look, codes)
    if look.kind == "pie":
        return _pie(answer, look, told, codes)
    if not codes:
        return frame.nothing(answer, look, told)
    buckets = Buckets([point["date"] for point in answer["series"]], saying.granularity(answer))
    panels = [_panel(answer, look, code) for code in codes[: course.room(look)]]
    return course.drawn(answer, look, told, buckets, panels)


def _of_payers(filters: dict[str, Any]) -> bool:
    """Whether this is about some students' payments, and no tutor's."""
    return bool(filters.get("student_ids")) and not filters.get("tutor_id")


def _values(answer: dict[str, Any], code: str, key: str) -> list[float]:
    return [float(point[code][key]) for point in answer["series"]]


def _panel(answer: dict[str, Any], look: Look, code: str) -> Panel:
    sign = numbers.sign_of(look.locale, code)
    if look.kind == "area":
        total = accumulate(Decimal(point[code]["net"]) for point in answer["series"])
        label = word_for(look, "cumulated")
        series = (Series(label, [float(each) for each in total], "blue", "area"),)
        return Panel(f"{label}, {sign}", f"money:{code}", series)
    mark: Any = "bar" if look.kind == "bar" else "line"
    label = word_for(look, "revenue")
    parts = [Series(label, _values(answer, code, "revenue"), "blue", mark, opens=_opens(code, "revenue"))]
    refunds = _values(answer, code, "refunded")
    if any(refunds):
        parts.append(_refunds(look, refunds, _opens(code, "refunded")))
    return Panel(f"{label}, {sign}", f"money:{code}", tuple(parts))


def _opens(code: str, figure: str) -> Opens:
    return Opens("payments", figure, (("currency", code),))


def _paid_by(code: str, method: str) -> Opens | None:
    """Nothing for what has no method, or two of one name."""
    return Opens("payments", "revenue", (("currency", code), ("method", method))) if method else None


def _refunds(look: Look, refunds: list[float], opens: Opens) -> Series:
    """Below the line as bars; beside a line only the days with refunds, as dots."""
    label = word(look.locale, "refunded")
    if look.kind == "bar":
        return Series(label, [-each if each else 0 for each in refunds], "vermilion", "bar", opens=opens)
    return Series(label, [each or None for each in refunds], "vermilion", "dot", opens=opens)


def _pie(answer: dict[str, Any], look: Look, told: Story, codes: list[str]) -> dict[str, Any]:
    wholes = []
    shown = codes[:MOST_RINGS]
    found = shares.gathered([_methods(answer, look, code) for code in shown], others(look.locale))
    for code, parts in zip(shown, found, strict=True):
        if parts:
            total = numbers.short(look.locale, Decimal(answer["summary"][code]["revenue"]), f"money:{code}")
            wholes.append(shares.Whole(word_for(look, "revenue"), total, f"money:{code}", parts))
    if not wholes:
        return frame.nothing(answer, look, told)
    return shares.drawn(answer, look, told, wholes)


def _methods(answer: dict[str, Any], look: Look, code: str) -> list[shares.Part]:
    """One part a method; two that are called the same are one."""
    found: dict[str, float] = {}
    raw: dict[str, str] = {}
    for row in answer["by_method"]:
        if code in row:
            name = named(look.locale, "method", row["method"])
            raw[name] = "" if name in found else row["method"]
            found[name] = found.get(name, 0.0) + float(row[code]["revenue"])
    parts = [shares.Part(name, value, opens=_paid_by(code, raw[name])) for name, value in found.items()]
    return sorted(parts, key=lambda part: -part.value)


def _story(answer: dict[str, Any], look: Look, codes: list[str]) -> Story:
    locale, pie = look.locale, look.kind == "pie"
    key = "net" if look.kind == "area" else "revenue"
    label = word_for(look, "cumulated" if look.kind == "area" else "revenue").lower()
    most = MOST_RINGS if pie else course.room(look)
    only = codes[0] if len(codes) == 1 else None
    return Story(
        chart="revenue_trends",
        title=word_for(look, "money.title"),
        finding=_finding(answer, look, codes) + saying.shown(look, codes, most),
        axes=word(locale, "axes.parts", parts=word(locale, "money.methods"))
        if pie
        else word(locale, "axes.time", up=label),
        table=_by_method(answer, look, codes) if pie else _table(answer, look, codes),
        extremes=saying.ends(
            look,
            word_for(look, key),
            saying.whens(look, answer),
            _values(answer, only, key),
            f"money:{only}",
        )
        if only and not pie
        else "",
        sparks=()
        if pie
        else tuple(
            Spark(f"{word_for(look, 'revenue')}, {code}", _values(answer, code, "revenue"), f"money:{code}")
            for code in codes[:3]
        ),
        ranks=tuple(
            Ranks([(part.name, part.value) for part in _methods(answer, look, code)], f"money:{code}")
            for code in codes[:3]
        )
        if pie
        else (),
        facts=()
        if pie
        else tuple(
            (word_for(look, name), numbers.money(locale, answer["summary"][code][name], code))
            for code in codes[:3]
            for name in ("revenue", "refunded", "net")
        ),
    )


def _finding(answer: dict[str, Any], look: Look, codes: list[str]) -> str:
    locale, summary = look.locale, {code: answer["summary"][code] for code in codes}
    if not codes:
        return word(locale, "money.none")
    if look.kind == "area":
        return word(locale, "money.total", sums=saying.sums(look, summary, "net"))
    sums = saying.sums(look, summary, "revenue")
    if look.kind == "pie":
        return _methods_said(answer, look, codes, sums)
    found = word_for(look, "money.sum", sums=sums)
    if len(codes) == 1:
        before = saying.previous(answer).get(codes[0])
        found += saying.change(
            look, Decimal(summary[codes[0]]["revenue"]), Decimal(before["revenue"]) if before else None
        )
    refunded = {code: one for code, one in summary.items() if Decimal(one["refunded"])}
    if refunded:
        found += word(locale, "money.refunded", sums=saying.sums(look, refunded, "refunded"))
    return found + (_best(answer, look, codes[0]) if len(codes) == 1 else "")


def _best(answer: dict[str, Any], look: Look, code: str) -> str:
    values = _values(answer, code, "revenue")
    best = saying.only_peak(values)
    if best is None:
        return ""
    day = saying.when(look, answer, answer["series"][best]["date"])
    amount = numbers.money(look.locale, answer["series"][best][code]["revenue"], code)
    return word(look.locale, "money.best", when=day, sum=amount)


def _methods_said(answer: dict[str, Any], look: Look, codes: list[str], sums: str) -> str:
    parts = _methods(answer, look, codes[0])
    total = sum(part.value for part in parts)
    if not total:
        return word_for(look, "money.sum", sums=sums)
    best = max(parts, key=lambda part: part.value)
    share = numbers.percent(look.locale, best.value / total)
    where = f"{share}, {codes[0]}" if len(codes) > 1 else share
    return word_for(look, "money.method", sums=sums, method=said(best.name), share=where)


def _columns(look: Look, codes: list[str]) -> list[Column]:
    return [
        Column(
            f"{code}.{key}",
            f"{word_for(look, key)}, {code}",
            "integer" if key == "payments" else f"money:{code}",
        )
        for code in codes
        for key in _KEYS
    ]


def _table(answer: dict[str, Any], look: Look, codes: list[str]) -> Table:
    columns = (Column("date", word(look.locale, "date"), "date"), *_columns(look, codes))
    rows = [
        [point["date"], *(point[code][key] for code in codes for key in _KEYS)] for point in answer["series"]
    ]
    opens = {f"{code}.{key}": _opens(code, key) for code in codes for key in _KEYS}
    return Table(columns, rows, opens)


def _by_method(answer: dict[str, Any], look: Look, codes: list[str]) -> Table:
    columns = (Column("method", word(look.locale, "method"), "text"), *_columns(look, codes))
    rows = [
        [
            named(look.locale, "method", row["method"]),
            *((row[code][key] if code in row else None) for code in codes for key in _KEYS),
        ]
        for row in answer["by_method"]
    ]
    return Table(columns, rows)
