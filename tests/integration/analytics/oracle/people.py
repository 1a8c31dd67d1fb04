"""What people did, and the materials they used."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.integration.analytics.oracle.asked import Asked, groups, listed, over_time, ratio
from tests.integration.analytics.oracle.school import Json, School


def people(school: School, asked: Asked) -> set[str] | None:
    """Whose doings are asked about; None for everybody's."""
    if asked.tutor is None:
        return None if asked.student is None else {asked.student}
    lessons = (each for each in school.lessons.values() if "at" in each and not each["deleted"])
    known = {asked.tutor, *(e["student_id"] for e in lessons if e.get("tutor_id") == asked.tutor)}
    return known if asked.student is None else known & {asked.student}


def all_activity(school: School) -> Iterator[Json]:
    """Everything people did themselves, and how they came and went."""
    for login in school.logins:
        yield {**login, "logins": 1, "actions": 1}
    for use in school.uses:
        yield {"at": use["at"], "user_id": use["user_id"], "actions": 1}
    for lesson in school.lessons.values():
        if not lesson["deleted"] and lesson["outcome"] == "attended" and lesson.get("student_id"):
            yield {"at": lesson["marked_at"], "user_id": lesson["student_id"], "actions": 1}
    for payment in school.payments.values():
        if "paid" in payment:
            yield {"at": payment["paid"][0], "user_id": payment["student_id"], "actions": 1}
    for work in school.works.values():
        for at, _due in work["submissions"]:
            yield {"at": at, "user_id": work["student_id"], "actions": 1}
    for user_id, user in school.users.items():
        for word in ("registered", "deactivated"):
            if word in user:
                yield {"at": user[word], "user_id": user_id, word: 1}


def activity_figures(facts: list[Json]) -> Json:
    """The summary of some doings."""
    sums = {n: sum(fact.get(n, 0) for fact in facts) for n in ("registered", "logins", "deactivated")}
    return {**sums, "active": len({fact["user_id"] for fact in facts if fact.get("actions")})}


def users_activity(school: School, asked: Asked) -> Json:
    """GET /analytics/users/activity."""
    mine = people(school, asked)
    facts = [
        {**fact, "role": school.users.get(fact["user_id"], {}).get("role") or "unknown"}
        for fact in all_activity(school)
        if asked.day(fact["at"]) and (mine is None or fact["user_id"] in mine)
    ]
    cells: Counter[tuple[int, int]] = Counter()
    for fact in facts:
        local = fact["at"].astimezone(ZoneInfo(asked.tz))
        cells[(local.weekday(), local.hour)] += fact.get("actions", 0)
    return {
        "summary": activity_figures(facts),
        "series": over_time(asked, facts, activity_figures),
        "by_role": listed(facts, "role", activity_figures),
        "heatmap": [{"weekday": w, "hour": h, "actions": n} for (w, h), n in sorted(cells.items()) if n],
    }


def retention(school: School, asked: Asked) -> Json:
    """GET /analytics/users/retention."""
    mine, zone = people(school, asked), ZoneInfo(asked.tz)
    months_of: dict[str, set[str]] = defaultdict(set)
    for fact in all_activity(school):
        if fact.get("actions") and (mine is None or fact["user_id"] in mine):
            months_of[fact["user_id"]].add(fact["at"].astimezone(zone).date().isoformat()[:7])
    months, day = [], asked.first.replace(day=1)
    while day <= asked.last:
        months.append(day.isoformat()[:7])
        day = (day + timedelta(days=32)).replace(day=1)
    cohorts = []
    for n, month in enumerate(months):
        cohort = [done for done in months_of.values() if min(done) == month]
        active = [sum(later in done for done in cohort) for later in months[n:]]
        rates = [ratio(each, len(cohort)) for each in active]
        cohorts.append({"month": month, "users": len(cohort), "active": active, "rate": rates})
    return {"months": months, "cohorts": cohorts}


def materials_usage(school: School, asked: Asked) -> Json:
    """GET /analytics/materials/usage."""
    mine = people(school, asked)
    blank = Asked(asked.first, asked.last, asked.tz, asked.granularity, asked.tutor, None, asked.subject)

    def named(material_id: str) -> Json:
        material = school.materials.get(material_id, {})
        names = {name: material.get(name) or "" for name in ("subject", "tutor_id")}
        return {**names, "material_id": material_id, "title": material.get("title")}

    uses = [{**named(use["material_id"]), **use} for use in school.uses]
    uses = [use for use in uses if blank.wants(use) and (mine is None or use["user_id"] in mine)]
    made = [
        {**named(m), "at": at["created"], "made": 1} for m, at in school.materials.items() if "created" in at
    ]
    if asked.student:
        opened = {
            use["material_id"]
            for use in school.uses
            if asked.day(use["at"]) and use["user_id"] == asked.student
        }
        made = [each for each in made if each["material_id"] in opened]
    facts = [*uses, *(each for each in made if blank.wants(each))]

    def figures(of: list[Json]) -> Json:
        return {
            "created": sum(fact.get("made", 0) for fact in of),
            "accessed": sum(fact.get("accessed", 0) for fact in of),
            "downloads": sum(fact.get("downloads", 0) for fact in of),
            "unique_users": len({fact["user_id"] for fact in of if "user_id" in fact}),
        }

    best = [{**named(m), **figures(of)} for m, of in groups(uses, lambda use: use["material_id"]).items()]
    best.sort(key=lambda each: (-each["accessed"], -each["downloads"], each["material_id"]))
    return {
        "summary": figures(facts),
        "series": over_time(asked, facts, figures),
        "by_subject": listed(facts, "subject", figures),
        "popular": [
            {n: v for n, v in each.items() if n not in ("created", "tutor_id")} for each in best[:20]
        ],
    }
