"""Who is at the school: tutors, and families of children and parents."""

from collections import deque
from dataclasses import dataclass, field

from lib.testing.simulator import names
from lib.testing.simulator.world import Json, World

_ZONES = ("Asia/Yekaterinburg", "Europe/Samara", "Asia/Novosibirsk", "Europe/Kaliningrad", "Europe/Berlin")
# Beyond every number that Telegram gives out, so that nobody is written to by mistake.
_FIRST_CHAT = 900_000_000_000
# +7 000 is no code of any network.
_PHONE = "+7000{:07d}"
NEVER = 1 << 40


@dataclass(slots=True)
class Tutor:
    """Teaches a few subjects; `completes` tutors close lessons with lesson.completed."""

    user_id: str
    number: int
    zone: str
    locale: str
    subjects: tuple[str, ...]
    completes: bool
    students: list["Student"] = field(default_factory=list)
    materials: deque[str] = field(default_factory=lambda: deque(maxlen=12))
    ill_until: int = -1


@dataclass(slots=True)
class Student:
    """`first_day` and `last_day` bound the days of lessons; `diligence` and `thrift` run from 0 to 1."""

    user_id: str
    family: "Family"
    diligence: float
    thrift: float
    first_day: int = NEVER
    last_day: int = NEVER
    ill_until: int = -1
    balance: int = 0
    price: int = 0
    paying: bool = False


@dataclass(slots=True)
class Family:
    """Children who share parents, a language, a time zone and a name."""

    parents: tuple[str, ...]
    locale: str
    zone: str
    children: list[Student] = field(default_factory=list)
    joined: bool = False


class People:
    """Registers them and keeps them for the other parts."""

    def __init__(self, world: World, students: int, tutors: int, subjects: tuple[str, ...]) -> None:
        self._world = world
        self._numbers = 0
        self.tutors = [self._tutor(number, subjects) for number in range(1, tutors + 1)]
        self.families: list[Family] = []
        self.students: list[Student] = []
        while len(self.students) < students:
            self._add_family(min(self._children(), students - len(self.students)))

    def register_tutor(self, at: int, tutor: Tutor) -> None:
        """user.registered of a tutor."""
        last = names.last_name(self._world, tutor.locale)
        self._register(at, tutor.user_id, "tutor", tutor.locale, tutor.zone, last, {})

    def register_family(self, at: int, family: Family) -> None:
        """user.registered of the parents, then of the children."""
        family.joined = True
        last = names.last_name(self._world, family.locale)
        children = [child.user_id for child in family.children]
        for parent in family.parents:
            self._register(at, parent, "parent", family.locale, family.zone, last, {"child_ids": children})
        parents = list(family.parents)
        for child in children:
            self._register(at, child, "student", family.locale, family.zone, last, {"parent_ids": parents})

    def change_profile(self, at: int, family: Family) -> None:
        """user.updated: a parent has another phone or Telegram account."""
        parent = self._world.one_of(family.parents)
        change: Json = {"user_id": parent, **self._contact()}
        self._world.emit(at, "user.updated", parent, change)

    def _register(
        self, at: int, user_id: str, role: str, locale: str, zone: str, last: str, kin: Json
    ) -> None:
        world = self._world
        name = names.full_name(world, locale, last, female=world.happens(0.55))
        data: Json = {
            "user_id": user_id,
            "role": role,
            "name": name,
            "email": names.address(world, name, user_id),
            **self._contact(),
            "locale": locale,
            "timezone": zone,
            **kin,
        }
        world.emit(at, "user.registered", user_id, data)

    def _contact(self) -> Json:
        self._numbers += 1
        contact: Json = {}
        if self._world.happens(0.85):
            contact["telegram_chat_id"] = _FIRST_CHAT + self._numbers
        if self._world.happens(0.7) or not contact:
            contact["phone"] = _PHONE.format(self._numbers)
        return contact

    def _tutor(self, number: int, subjects: tuple[str, ...]) -> Tutor:
        world = self._world
        first = world.between(0, len(subjects) - 1)
        taught = (
            (subjects[first], subjects[(first + 1) % len(subjects)])
            if world.happens(0.4)
            else (subjects[first],)
        )
        locale = "en" if world.happens(0.05) else "ru"
        return Tutor(f"t-{number}", number, self._zone(), locale, taught, world.happens(0.12))

    def _add_family(self, size: int) -> None:
        world = self._world
        number = len(self.families) + 1
        parents = tuple(f"p-{number}-{which}" for which in range(1, 3 if world.happens(0.6) else 2))
        family = Family(parents, "en" if world.happens(0.08) else "ru", self._zone())
        for _ in range(size):
            user_id = f"s-{len(self.students) + 1}"
            child = Student(user_id, family, 0.5 + world.chance.random() / 2, world.chance.random())
            family.children.append(child)
            self.students.append(child)
        self.families.append(family)

    def _children(self) -> int:
        return int(self._world.one_of((1, 1, 1, 1, 1, 2, 2, 2, 3)))

    def _zone(self) -> str:
        return str(self._world.one_of(_ZONES)) if self._world.happens(0.12) else "Europe/Moscow"
