"""Answers about people and what they read, in the shapes of functions/query_analytics."""

from lib.domain.metrics import ratio
from lib.testing.answers.school import LAST_DAY, Answer, School, Sum, by_day, envelope, hours, named, of, some

ROLES = ("admin", "parent", "student", "tutor")


def users(school: School) -> Answer:
    """/analytics/users/activity."""
    dice = school.random("users")

    def each(busy: float) -> Sum:
        active = some(dice, busy * 3)
        return {
            "registered": some(dice, busy * 0.15),
            "active": active,
            "logins": of(dice, active, 0.9) + some(dice, busy),
            "deactivated": of(dice, active, 0.01),
        }

    series = list(by_day(school, each))
    total = {key: sum(row[key] for row in series) for key in ("registered", "logins", "deactivated")}
    return {
        **envelope(school, "users.activity"),
        "summary": {"active": max((row["active"] for row in series), default=0) * 2, **total},
        "series": series,
        "by_role": named(school, "role", ROLES, each),
        "heatmap": [{"weekday": w, "hour": h, "actions": n * 3} for w, h, n in hours(school, dice)],
    }


def materials(school: School) -> Answer:
    """/analytics/materials/usage."""
    dice = school.random("materials")

    def each(busy: float) -> Sum:
        accessed = some(dice, busy * 2)
        return {
            "created": some(dice, busy * 0.1),
            "accessed": accessed,
            "downloads": of(dice, accessed, 0.3),
            "unique_users": of(dice, accessed, 0.6),
        }

    series = list(by_day(school, each))
    keys = ("created", "accessed", "downloads")
    titles = named(school, "title", [school.name("m", i + 1) for i in range(20)], each)
    popular = sorted(titles, key=lambda row: -row["accessed"])[: min(20, school.people * 2)]
    return {
        **envelope(school, "materials.usage"),
        "summary": {
            **{key: sum(row[key] for row in series) for key in keys},
            "unique_users": school.people if school.busy else 0,
        },
        "series": series,
        "by_subject": named(school, "subject", school.subjects, each),
        "popular": [
            {
                "material_id": f"m{i}",
                "subject": school.subjects[i % len(school.subjects)],
                **_without(row, "created"),
            }
            for i, row in enumerate(popular)
        ],
    }


def _without(row: Sum, key: str) -> Sum:
    return {name: value for name, value in row.items() if name != key}


def retention(school: School) -> Answer:
    """/analytics/users/retention."""
    dice = school.random("retention")
    count = max(1, school.days // 30)
    months = [_month(count - 1 - i) for i in range(count)]
    cohorts = []
    for i, month in enumerate(months):
        began = some(dice, school.busy * 3)
        active = [began] + [
            round(began * (0.72 * 0.9**k + dice.uniform(-0.05, 0.05))) for k in range(count - i - 1)
        ]
        cohorts.append(
            {"month": month, "users": began, "active": active, "rate": [ratio(a, began) for a in active]}
        )
    return {**envelope(school, "users.retention"), "months": months, "cohorts": cohorts}


def _month(back: int) -> str:
    months = LAST_DAY.year * 12 + LAST_DAY.month - 1 - back
    return f"{months // 12}-{months % 12 + 1:02d}"
