"""Which call answers what: the path of an analytics call below /api/v1/analytics, and its made-up answer."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lib.testing.answers import money, pages, people, teaching
from lib.testing.answers.school import Answer, School

SOURCES: Mapping[str, Callable[[School], Answer]] = MappingProxyType(
    {
        "lessons/stats": teaching.lessons,
        "subjects/performance": teaching.subjects,
        "payments/summary": money.payments,
        "tutors/earnings": money.earnings,
        "users/activity": people.users,
        "users/retention": people.retention,
        "materials/usage": people.materials,
        "homework/stats": teaching.homework,
        "students/{student_id}/progress": teaching.progress,
        "dashboard/{page}": pages.admin_page,
        "overview": pages.overview,
    }
)
