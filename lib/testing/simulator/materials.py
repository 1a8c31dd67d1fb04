"""Materials of the tutors: made, filed, shared, read, downloaded."""

from lib.testing.simulator.instants import DAY_S, HOUR_S, MINUTE_S
from lib.testing.simulator.people import Student, Tutor
from lib.testing.simulator.timetable import SUBJECTS
from lib.testing.simulator.world import Json, World

_KINDS = (
    ("worksheet", "pdf"),
    ("presentation", "pptx"),
    ("test", "docx"),
    ("video", "mp4"),
    ("summary", "pdf"),
)


class Materials:
    """A tutor's shelf holds the latest dozen."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._number = 0

    def plan(self, tutors: list[Tutor]) -> None:
        """Some tutors make something today, a few mend or throw away something."""
        for tutor in tutors:
            draw = self._world.chance.random()
            at = self._world.later(9 * HOUR_S, 22 * HOUR_S)
            if draw < 0.15:
                self._world.agenda.at(at, self._create, tutor)
            elif draw < 0.17 and tutor.materials:
                self._world.agenda.at(at, self._update, tutor, tutor.materials[-1])
            elif draw < 0.173 and tutor.materials:
                self._world.agenda.at(at, self._delete, tutor, tutor.materials.popleft())

    def _create(self, at: int, tutor: Tutor) -> None:
        world = self._world
        self._number += 1
        material_id = f"m-{self._number}"
        subject = world.one_of(tutor.subjects)
        kind, suffix = world.one_of(_KINDS)
        title = str(world.one_of(SUBJECTS[subject][1]))
        data: Json = {
            "material_id": material_id,
            "title": title,
            "subject": subject,
            "grade": world.between(5, 11),
            "material_type": kind,
            "tutor_id": tutor.user_id,
        }
        world.emit(at, "material.created", material_id, data)
        upload: Json = {
            "material_id": material_id,
            "file_id": f"f-{self._number}",
            "filename": f"{title}.{suffix}",
            "file_size": world.between(20_000, 8_000_000),
            "uploaded_by": tutor.user_id,
        }
        world.emit(at, "material.file.uploaded", material_id, upload)
        tutor.materials.append(material_id)
        self._share(at, tutor, data)

    def _share(self, at: int, tutor: Tutor, material: Json) -> None:
        world = self._world
        today = at // DAY_S
        learners = [student for student in tutor.students if student.first_day <= today <= student.last_day]
        for _ in range(min(len(learners), world.between(1, 4))):
            student = learners.pop(world.between(0, len(learners) - 1))
            world.emit(
                at, "material.shared", material["material_id"], {**material, "student_id": student.user_id}
            )
            if world.happens(0.75):
                when = world.later(10 * MINUTE_S, 3 * DAY_S)
                world.agenda.at(when, self._open, student, material["material_id"])

    def _open(self, at: int, student: Student, material_id: str) -> None:
        world = self._world
        data: Json = {"material_id": material_id, "user_id": student.user_id}
        view: Json = {**data, "access_type": "view", "duration_seconds": world.between(20, 1800)}
        world.emit(at, "material.accessed", material_id, view)
        if world.happens(0.5):
            world.emit(at, "material.file.downloaded", material_id, {**data, "access_type": "download"})
        if world.happens(0.2):
            world.agenda.at(world.later(DAY_S, 5 * DAY_S), self._open, student, material_id)

    def _update(self, at: int, tutor: Tutor, material_id: str) -> None:
        data: Json = {
            "material_id": material_id,
            "tutor_id": tutor.user_id,
            "grade": self._world.between(5, 11),
        }
        self._world.emit(at, "material.updated", material_id, data)

    def _delete(self, at: int, tutor: Tutor, material_id: str) -> None:
        data: Json = {"material_id": material_id, "tutor_id": tutor.user_id}
        self._world.emit(at, "material.deleted", material_id, data)
