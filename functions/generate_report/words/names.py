"""Words of the data's own: (Russian, English) by what the events call it; '' is what has no name."""

NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "outcome": {
        "": ("Не отмечен", "Not marked"),
        "attended": ("Проведён", "Attended"),
        "excused_absence": ("Уважительная причина", "Excused absence"),
        "unexcused_absence": ("Пропуск без причины", "Unexcused absence"),
        "rescheduled": ("Перенесён", "Rescheduled"),
        "cancelled": ("Отменён", "Cancelled"),
    },
    "role": {
        "admin": ("Администраторы", "Administrators"),
        "tutor": ("Преподаватели", "Tutors"),
        "student": ("Ученики", "Students"),
        "parent": ("Родители", "Parents"),
        "service": ("Службы", "Services"),
        "unknown": ("Роль неизвестна", "Unknown role"),
    },
    "one": {
        "admin": ("Администратор", "Administrator"),
        "tutor": ("Преподаватель", "Tutor"),
        "student": ("Ученик", "Student"),
        "parent": ("Родитель", "Parent"),
        "service": ("Служба", "Service"),
        "unknown": ("Роль неизвестна", "Unknown role"),
    },
    "method": {
        "": ("Способ не указан", "No method"),
        "card": ("Карта", "Card"),
        "cash": ("Наличные", "Cash"),
        "transfer": ("Перевод", "Transfer"),
        "bank_transfer": ("Банковский перевод", "Bank transfer"),
        "sbp": ("СБП", "SBP"),
    },
    "subject": {"": ("Без предмета", "No subject")},
    "tutor": {"": ("Без преподавателя", "No tutor")},
    "student": {"": ("Ученик неизвестен", "Unknown student")},
    "material_type": {
        "document": ("Документ", "Document"),
        "video": ("Видео", "Video"),
        "presentation": ("Презентация", "Presentation"),
        "worksheet": ("Рабочий лист", "Worksheet"),
        "test": ("Тест", "Test"),
        "book": ("Книга", "Book"),
        "summary": ("Конспект", "Summary"),
        "link": ("Ссылка", "Link"),
    },
    "granularity": {
        "day": ("по дням", "by day"),
        "week": ("по неделям", "by week"),
        "month": ("по месяцам", "by month"),
    },
}
