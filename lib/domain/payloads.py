"""What each known event type carries: the `data` of every CloudEvent, as models that validate.

A field without a default is required; unknown extra fields are kept. Adding a type is one class and one
line in `PAYLOADS`.
"""

from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from lib.domain.shapes import Currency, Id, Instant, Number


def either(*names: str) -> Any:
    """The first name is ours; the others are what older publishers call the same thing."""
    return AliasChoices(*names)


class Payload(BaseModel):
    """Extra fields are kept as they came: the log must hold what was said."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)


class LessonRef(Payload):
    lesson_id: Id
    student_id: Id | None = None
    tutor_id: Id | None = None


class LessonFields(LessonRef):
    starts_at: Instant | None = Field(default=None, validation_alias=either("starts_at", "new_date", "date"))
    duration_minutes: int | None = Field(default=None, ge=1, le=1440)
    subject: str | None = None
    topic: str | None = None
    price: Number | None = None
    currency: Currency | None = None
    room_url: str | None = None
    reason: str | None = None


class LessonCreated(LessonFields):
    student_id: Id
    tutor_id: Id
    starts_at: Instant = Field(validation_alias=either("starts_at", "date"))


class LessonCancelled(LessonRef):
    reason: str | None = None
    cancelled_by: str | None = None


class AttendanceMarked(LessonRef):
    attendance_status: Literal["attended", "excused_absence", "unexcused_absence", "rescheduled"]
    actual_duration_minutes: int | None = Field(default=None, ge=0, le=1440)
    student_rating: int | None = Field(default=None, ge=1, le=5)
    tutor_rating: int | None = Field(default=None, ge=1, le=5)


class ReminderNeeded(LessonRef):
    starts_at: Instant | None = None
    remind_at: Instant | None = None
    user_ids: list[Id] | None = None


class ReminderAnswered(LessonRef):
    starts_at: Instant
    user_id: Id
    answer: Literal["confirm", "reschedule", "cannot"]


class LessonCompleted(LessonRef):
    rating: int | None = Field(default=None, ge=1, le=5)
    completed_at: Instant | None = None


class HomeworkRef(Payload):
    homework_id: Id
    student_id: Id
    tutor_id: Id | None = None
    lesson_id: Id | None = None
    subject: str | None = None
    due_at: Instant | None = Field(default=None, validation_alias=either("due_at", "deadline"))


class HomeworkSubmitted(HomeworkRef):
    attempt_number: int | None = Field(default=None, ge=1)
    submitted_at: Instant | None = None


class HomeworkGraded(HomeworkRef):
    score: Number = Field(validation_alias=either("score", "grade"))
    max_score: Number | None = Field(default=None, gt=0)


class Payment(Payload):
    payment_id: Id
    student_id: Id
    amount: Number = Field(ge=0)
    currency: Currency | None = None
    tutor_id: Id | None = None
    method: str | None = None
    subject: str | None = None
    lessons: int | None = Field(
        default=None, ge=0, le=10_000, validation_alias=either("lessons", "lessons_paid")
    )


class Balance(Payload):
    student_id: Id
    lesson_id: Id | None = None
    lessons_deducted: int | None = Field(default=None, ge=0, le=1000)
    lessons_refunded: int | None = Field(default=None, ge=0, le=1000)


class Material(Payload):
    material_id: Id
    tutor_id: Id | None = None
    student_id: Id | None = None
    grade: int | None = Field(default=None, ge=1, le=11)
    title: str | None = None
    subject: str | None = None
    material_type: str | None = None


class MaterialFile(Material):
    file_id: Id


class MaterialAccess(Payload):
    material_id: Id
    user_id: Id
    access_type: str | None = None


class User(Payload):
    user_id: Id
    role: Literal["admin", "tutor", "student", "parent"] | None = None
    telegram_chat_id: Id | None = None
    parent_ids: list[Id] | None = None
    child_ids: list[Id] | None = None


class SystemNotification(Payload):
    user_ids: list[Id] | None = None
    role: str | None = None
    title: str | None = None
    message: str | None = None
    critical: bool | None = None


PAYLOADS: dict[str, type[Payload]] = {
    "lesson.created": LessonCreated,
    "lesson.updated": LessonFields,
    "lesson.rescheduled": LessonFields,
    "lesson.cancelled": LessonCancelled,
    "lesson.deleted": LessonRef,
    "lesson.attendance_marked": AttendanceMarked,
    "lesson.completed": LessonCompleted,
    "lesson.reminder_needed": ReminderNeeded,
    "lesson.reminder_answered": ReminderAnswered,
    "homework.assigned": HomeworkRef,
    "homework.submitted": HomeworkSubmitted,
    "homework.graded": HomeworkGraded,
    "homework.overdue": HomeworkRef,
    "payment.processed": Payment,
    "payment.failed": Payment,
    "payment.refunded": Payment,
    "payment.balance.updated": Balance,
    "payment.balance.deducted": Balance,
    "payment.balance.refunded": Balance,
    "balance.low": Balance,
    "material.created": Material,
    "material.updated": Material,
    "material.deleted": Material,
    "material.shared": Material,
    "material.file.uploaded": MaterialFile,
    "material.accessed": MaterialAccess,
    "material.file.downloaded": MaterialAccess,
    "user.registered": User,
    "user.updated": User,
    "user.login": User,
    "user.deactivated": User,
    "user.deleted": User,
    "system.notification": SystemNotification,
}

ALIASES = {
    "homework.checked": "homework.graded",
    "lesson.attendance": "lesson.attendance_marked",
    "lesson.reminder": "lesson.reminder_needed",
    "material.uploaded": "material.created",
    "payment.completed": "payment.processed",
    "user.created": "user.registered",
    "user.profile_updated": "user.updated",
    "balance.updated": "payment.balance.updated",
}
