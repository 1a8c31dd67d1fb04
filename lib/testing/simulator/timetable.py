"""The weekly timetable: which child has which subject with which tutor, on which weekday and hour."""

from dataclasses import dataclass

from lib.testing.simulator.instants import DAY_S, HOUR_S, date_of, offset
from lib.testing.simulator.people import People, Student, Tutor
from lib.testing.simulator.world import World

# Subject, price of an hour in roubles, topics.
SUBJECTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "Математика": (1600, ("Дроби", "Квадратные уравнения", "Тригонометрия", "Производная", "Вероятность")),
    "Русский язык": (1400, ("Причастия", "Орфография", "Сочинение", "Пунктуация", "Сложные предложения")),
    "Английский язык": (1800, ("Present Perfect", "Conditionals", "Speaking", "Reading", "Essay")),
    "Физика": (1700, ("Кинематика", "Законы Ньютона", "Электричество", "Оптика", "Термодинамика")),
    "Химия": (1700, ("Моль", "Кислоты и основания", "Органика", "Окисление", "Растворы")),
    "Биология": (1500, ("Клетка", "Генетика", "Эволюция", "Анатомия", "Экология")),
    "История": (1300, ("Древняя Русь", "Пётр I", "XIX век", "Реформы", "XX век")),
    "Обществознание": (1300, ("Право", "Экономика", "Общество", "Политика", "Человек")),
    "Информатика": (1900, ("Python", "Алгоритмы", "Системы счисления", "Логика", "Таблицы")),
    "География": (1200, ("Климат", "Население", "Материки", "Карта", "Природные зоны")),
}
_HOLIDAYS = {(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
_WEEKDAYS, _FIRST_HOUR, _LAST_HOUR = 6, 9, 20
HOURS_A_TUTOR = _WEEKDAYS * (_LAST_HOUR - _FIRST_HOUR + 1)
LONGEST_LEAD_DAYS = 13


@dataclass(slots=True)
class Slot:
    """An hour of every week; its lessons are announced `lead` days ahead. Hour in the tutor's zone."""

    number: int
    student: Student
    tutor: Tutor
    subject: str
    weekday: int
    hour: int
    minutes: int
    price: int
    lead: int

    def starts_at(self, day: int) -> int:
        """When its lesson on that day starts."""
        return day * DAY_S + self.hour * HOUR_S - offset(self.tutor.zone, day)

    def lesson_id(self, day: int) -> str:
        """The id of its lesson on that day, the same whenever it is asked for."""
        return f"l-{self.number}-{date_of(day):%y%m%d}"

    def takes_place(self, day: int) -> bool:
        """Whether the student is at the school then and it is no holiday."""
        return self.student.first_day < day <= self.student.last_day and not is_holiday(day)


class Timetable:
    """All slots, looked up by weekday, by the weekday on which they are announced, and by student."""

    def __init__(self, world: World, people: People) -> None:
        self._world = world
        self._free = {tutor.number: self._hours() for tutor in people.tutors}
        self._tutors = people.tutors
        self.by_weekday: list[list[Slot]] = [[] for _ in range(7)]
        self.by_announcement: list[list[Slot]] = [[] for _ in range(7)]
        self.of_student: dict[str, list[Slot]] = {}
        self._number = 0
        for student in people.students:
            self._assign(student)

    def _assign(self, student: Student) -> None:
        world = self._world
        slots = self.of_student[student.user_id] = []
        for _ in range(world.one_of((1, 1, 1, 2))):
            tutor = self._tutor_with_hours()
            tutor.students.append(student)
            subject = world.one_of(tutor.subjects)
            price = SUBJECTS[subject][0] + 100 * world.between(-2, 4)
            student.price = max(student.price, price)
            for _ in range(world.one_of((1, 1, 2, 2, 2))):
                self._add(slots, student, tutor, subject, price)

    def _add(self, slots: list[Slot], student: Student, tutor: Tutor, subject: str, price: int) -> None:
        world, free = self._world, self._free[tutor.number]
        taken = {(slot.weekday, slot.hour) for slot in slots}
        fitting = next((at for at in range(len(free) - 1, -1, -1) if free[at] not in taken), None)
        if fitting is None:
            return
        day, hour = free.pop(fitting)
        self._number += 1
        minutes = 60 if world.happens(0.8) else 45
        lead = world.between(7, LONGEST_LEAD_DAYS)
        slot = Slot(self._number, student, tutor, subject, day, hour, minutes, price, lead)
        slots.append(slot)
        self.by_weekday[day].append(slot)
        self.by_announcement[(day - lead) % 7].append(slot)

    def _tutor_with_hours(self) -> Tutor:
        for _ in range(20):
            tutor: Tutor = self._tutors[self._world.between(0, len(self._tutors) - 1)]
            if len(self._free[tutor.number]) >= 2:
                return tutor
        return max(self._tutors, key=lambda tutor: len(self._free[tutor.number]))

    def _hours(self) -> list[tuple[int, int]]:
        # The last are given out first: afternoons, as children are at school in the morning.
        hours = [(day, hour) for day in range(_WEEKDAYS) for hour in range(_FIRST_HOUR, _LAST_HOUR + 1)]
        chance = self._world.chance.random
        return sorted(hours, key=lambda at: chance() + (0.7 if at[1] >= 15 else 0.0))


def is_holiday(day: int) -> bool:
    """A public holiday on which the school is closed."""
    date = date_of(day)
    return (date.month, date.day) in _HOLIDAYS


def is_school_break(day: int) -> bool:
    """The autumn and spring breaks of schools, when families travel."""
    date = date_of(day)
    return (date.month, date.day) in _BREAKS


_BREAKS = (
    {(10, day) for day in range(26, 32)}
    | {(11, day) for day in range(1, 4)}
    | {(3, day) for day in range(24, 32)}
)
