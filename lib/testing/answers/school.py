"""Made-up schools of any size, the same every time, and what all analytics answers have around their figures."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

SUBJECTS = ("Математика", "Английский язык", "Физика", "Русский язык", "Химия", "Информатика", "История", "")
TITLES = (
    "Квадратные уравнения: теория и 40 задач",
    "Законы Ньютона",
    "Неправильные глаголы",
    "Деепричастный оборот",
    "Тригонометрия: формулы приведения",
    "Окислительно-восстановительные реакции",
    "Past Simple и Present Perfect",
    "Системы счисления",
    "Производная и её применение",
    "Сочинение: как начать",
    "Реформы Петра Первого",
    "Электростатика",
    "Логарифмы",
    "Алканы и алкены",
    "Условные предложения",
    "Циклы и массивы",
    "Подготовка к пробному экзамену, вариант 3",
    "Правописание приставок",
    "Оптика",
    "Вероятность и статистика",
)
LAST_DAY = date(2026, 11, 22)
Answer = dict[str, Any]
Sum = dict[str, Any]


def plain_name(kind: str, number: int) -> str:
    """`t-1`, `s-1`; of materials a title."""
    return TITLES[(number - 1) % len(TITLES)] if kind == "m" else f"{kind}-{number}"


@dataclass(frozen=True, slots=True)
class School:
    """How large: `busy` is the mean of lessons a day; 0 is a school in which nothing happens."""

    days: int = 30
    busy: float = 9.0
    subjects: Sequence[str] = SUBJECTS
    people: int = 14
    currencies: Sequence[str] = ("RUB",)
    granularity: str = "day"
    name: Callable[[str, int], str] = plain_name
    seed: int = 7

    def buckets(self) -> list[str]:
        """The first day of each bucket, weeks and months cut to the period."""
        found = [LAST_DAY - timedelta(days=i) for i in reversed(range(self.days))]
        if self.granularity == "week":
            found = [day for day in found if day.weekday() == 0 or day == found[0]]
        if self.granularity == "month":
            found = [day for day in found if day.day == 1 or day == found[0]]
        return [day.isoformat() for day in found]

    def random(self, salt: str) -> random.Random:
        """The same numbers for the same question."""
        return random.Random(f"{self.seed}:{salt}")  # noqa: S311 - made-up figures

    def people_of(self, kind: str) -> list[str]:
        """Ids, or whatever `name` makes of them."""
        return [self.name(kind, i + 1) for i in range(self.people)]


def envelope(school: School, family: str, **filters: Any) -> Answer:
    """What every answer has around its figures."""
    first = LAST_DAY - timedelta(days=school.days - 1)
    return {
        "period": {"from": first.isoformat(), "to": LAST_DAY.isoformat(), "tz": "Europe/Moscow"},
        "filters": {
            "granularity": school.granularity,
            "tutor_id": None,
            "student_id": None,
            "subject": None,
            **filters,
        },
        "as_of": {"position": 1234, "time": "2026-11-22T20:15:00Z"},
        "receipt": {
            "id": f"r-{family}",
            "metric": family,
            "version": "1",
            "position": 1234,
            "hash": "0" * 64,
        },
    }


def some(dice: random.Random, mean: float) -> int:
    """A count around `mean`."""
    return max(0, round(dice.gauss(mean, mean**0.5))) if mean > 0 else 0


def of(dice: random.Random, count: int, chance: float) -> int:
    """How many of `count` with that chance each."""
    return sum(dice.random() < chance for _ in range(count)) if count < 500 else round(count * chance)


def by_day(school: School, make: Callable[[float], Sum]) -> Iterator[Sum]:
    """Sundays are free; a week grows towards its end."""
    for day in school.buckets():
        weekday = date.fromisoformat(day).weekday()
        weight = (1.0, 0.9, 1.1, 1.0, 1.2, 0.8, 0.0)[weekday] if school.granularity == "day" else 6.0
        yield {"date": day, **make(school.busy * weight)}


def named(school: School, key: str, names: Sequence[str], make: Callable[[float], Sum]) -> list[Sum]:
    """A row for each name, the first ones with the most, in the order of the names."""
    if not school.busy:
        return []
    total = school.busy * school.days
    weights = [1 / (i + 1.5) for i in range(len(names))]
    found = [{key: name, **make(total * w / sum(weights))} for name, w in zip(names, weights, strict=True)]
    return sorted(found, key=lambda row: str(row[key]))


def hours(school: School, dice: random.Random) -> list[tuple[int, int, int]]:
    """(weekday, hour, how many): afternoons are busy, weekends end early; empty cells are left out."""
    if not school.busy:
        return []
    cells = [
        (w, h, some(dice, school.busy * school.days / 60 * (2.2 if 16 <= h <= 19 else 0.6)))
        for w in range(7)
        for h in range(9, 21)
        if w < 5 or h < 16
    ]
    return [cell for cell in cells if cell[2]]


def earlier(school: School) -> School:
    """The period before, a tenth quieter."""
    return replace(school, busy=school.busy * 0.9, seed=school.seed + 1)
