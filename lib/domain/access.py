"""The row scope: which students' and tutors' rows a caller may see. Decided here and nowhere else."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from lib.errors import BadInput, not_found


@dataclass(frozen=True, slots=True)
class Scope:
    """Either everything, or the rows of one tutor, or the rows of some students.

    The default sees nothing.
    """

    everything: bool = False
    tutor_id: str | None = None
    student_ids: frozenset[str] = frozenset()

    def filters(self, *, tutor_id: str | None, student_id: str | None) -> tuple[str | None, list[str] | None]:
        """What was asked for, narrowed to what may be seen: (tutor or None, students or None for all).

        Raises BadInput (404) when another's rows are asked for by name.
        """
        if self.everything:
            return tutor_id, None if student_id is None else [student_id]
        if self.tutor_id is not None:
            if tutor_id not in (None, self.tutor_id):
                raise not_found()
            return self.tutor_id, None if student_id is None else [student_id]
        if student_id is not None and student_id not in self.student_ids:
            raise not_found()
        return tutor_id, sorted(self.student_ids) if student_id is None else [student_id]

    def covers(self, *, tutor_id: str | None, student_ids: Collection[str] | None) -> bool:
        """Whether figures of this tutor (None: all) and these students (None: all) are this scope's to see."""
        if self.everything:
            return True
        if self.tutor_id is not None:
            return tutor_id == self.tutor_id
        return student_ids is not None and self.student_ids.issuperset(student_ids)


def scope_of(role: str, sub: str, *, service_may: bool, children: Callable[[], Iterable[str]]) -> Scope:
    """Role and id → scope. `children` is asked only for a parent; `service_may` says whether a service
    token's scopes allow reading these rows.

    Raises BadInput (403) for a service without the scope and for an unknown role.
    """
    match role:
        case "admin":
            return Scope(everything=True)
        case "service" if service_may:
            return Scope(everything=True)
        case "tutor":
            return Scope(tutor_id=sub)
        case "student":
            return Scope(student_ids=frozenset({sub}))
        case "parent":
            return Scope(student_ids=frozenset(children()))
        case _:
            raise BadInput("This token may not read these rows.", status=403)
