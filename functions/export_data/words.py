"""What people read above the columns, in Russian and English."""

from functions.export_data.asked import Locale
from functions.export_data.dataset import Column, Dataset

TITLES: dict[str, tuple[str, str]] = {
    "lessons": ("Уроки", "Lessons"),
    "payments": ("Платежи", "Payments"),
    "homework": ("Домашние задания", "Homework"),
    "materials": ("Материалы", "Materials"),
    "users": ("Пользователи", "Users"),
    "events": ("Журнал событий", "Event log"),
    "notifications": ("Уведомления", "Notifications"),
}
WORDS: dict[str, tuple[str, str]] = {
    "actual_minutes": ("Проведено, мин", "Minutes taught"),
    "amount": ("Сумма", "Amount"),
    "assigned_at": ("Задано", "Assigned at"),
    "attempts": ("Попыток", "Attempts"),
    "attributes": ("Атрибуты", "Attributes"),
    "channel": ("Канал", "Channel"),
    "created_at": ("Создано", "Created at"),
    "critical": ("Важное", "Critical"),
    "currency": ("Валюта", "Currency"),
    "data": ("Данные", "Data"),
    "deactivated_at": ("Отключён", "Deactivated at"),
    "deleted_at": ("Удалено", "Deleted at"),
    "due_at": ("Срок", "Due at"),
    "duration_minutes": ("Длительность, мин", "Planned minutes"),
    "entity": ("Предмет события", "Entity"),
    "expires_at": ("Действует до", "Expires at"),
    "failed_at": ("Не прошёл", "Failed at"),
    "files": ("Файлов", "Files"),
    "finished_at": ("Завершено", "Finished at"),
    "grade": ("Класс", "Grade"),
    "graded_at": ("Проверено", "Graded at"),
    "homework_id": ("Задание", "Homework ID"),
    "id": ("Номер", "ID"),
    "lesson_id": ("Урок", "Lesson ID"),
    "lessons": ("Уроков", "Lessons"),
    "locale": ("Язык", "Language"),
    "marked_at": ("Отмечен", "Marked at"),
    "material_id": ("Материал", "Material ID"),
    "material_type": ("Вид", "Type of material"),
    "method": ("Способ оплаты", "Method"),
    "name": ("Имя", "Name"),
    "notification_id": ("Уведомление", "Notification ID"),
    "occurred_at": ("Произошло", "Occurred at"),
    "outcome": ("Итог", "Outcome"),
    "outcome_reason": ("Причина", "Reason"),
    "overdue_at": ("Просрочено", "Overdue at"),
    "payment_id": ("Платёж", "Payment ID"),
    "percent": ("Оценка, %", "Score, %"),
    "position": ("Место в журнале", "Position"),
    "price": ("Цена", "Price"),
    "priority": ("Срочность", "Priority"),
    "processed_at": ("Проведён", "Processed at"),
    "reason": ("Причина", "Reason"),
    "received_at": ("Получено", "Received at"),
    "refunded": ("Возвращено", "Refunded"),
    "refunded_at": ("Дата возврата", "Refunded at"),
    "registered_at": ("Зарегистрирован", "Registered at"),
    "role": ("Роль", "Role"),
    "shares": ("Поделились раз", "Shares"),
    "source": ("Источник", "Source"),
    "starts_at": ("Начало", "Starts at"),
    "state": ("Состояние", "State"),
    "student_id": ("Ученик", "Student ID"),
    "student_rating": ("Оценка ученика", "Student's rating"),
    "subject": ("Предмет", "Subject"),
    "submissions": ("Сдавалось раз", "Submissions"),
    "submitted_at": ("Сдано", "Submitted at"),
    "timezone": ("Часовой пояс", "Time zone"),
    "title": ("Название", "Title"),
    "topic": ("Тема", "Topic"),
    "tutor_id": ("Преподаватель", "Tutor ID"),
    "tutor_rating": ("Оценка преподавателя", "Tutor's rating"),
    "type": ("Тип", "Type"),
    "user_id": ("Пользователь", "User ID"),
}


def title(dataset: Dataset, locale: Locale) -> str:
    """What the dataset is called."""
    return TITLES[dataset.name][locale == "en"]


def heading(column: Column, locale: Locale) -> str:
    """What stands above a column."""
    return WORDS[column.name][locale == "en"]


def headings(dataset: Dataset, locale: Locale) -> list[str]:
    """What stands above all of them."""
    return [heading(column, locale) for column in dataset.columns]
