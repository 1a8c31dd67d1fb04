"""The rows behind the figures of each family, as metrics: filtered as the figures are."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from functions.query_analytics import homework, lessons, materials, payments, users
from functions.query_analytics.drill import figure
from functions.query_analytics.drill import homework as homework_rows
from functions.query_analytics.drill import lessons as lesson_rows
from functions.query_analytics.drill import materials as material_rows
from functions.query_analytics.drill import payments as payment_rows
from functions.query_analytics.drill import users as user_rows
from functions.query_analytics.drill.figure import Figure
from functions.query_analytics.people import about_people
from functions.query_analytics.question import Filters, Metric, Question
from lib.errors import BadInput


def _page(
    conn: Connection, question: Question, figures: Mapping[str, Figure], filters: Filters
) -> dict[str, Any]:
    name = question.option("figure") or ""
    if name not in figures:
        raise BadInput(f"figure must be one of {', '.join(figures)}.")
    return figure.page(conn, question, figures[name], filters)


def _lessons(conn: Connection, question: Question) -> dict[str, Any]:
    return _page(conn, question, lesson_rows.FIGURES, question.filters)


def _payments(conn: Connection, question: Question) -> dict[str, Any]:
    return _page(conn, question, payment_rows.FIGURES, question.filters)


def _homework(conn: Connection, question: Question) -> dict[str, Any]:
    return _page(conn, question, homework_rows.FIGURES, question.filters)


def _users(conn: Connection, question: Question) -> dict[str, Any]:
    return _page(conn, question, user_rows.FIGURES, about_people(conn, question).filters)


def _materials(conn: Connection, question: Question) -> dict[str, Any]:
    made = question.option("figure") == "created"
    filters = question.filters if made else materials.about_readers(conn, question).filters
    return _page(conn, question, material_rows.figures(filters), filters)


LESSONS = Metric("lessons.rows", _lessons, dated=lessons.STATS.dated)
PAYMENTS = Metric("payments.rows", _payments, dated=payments.SUMMARY.dated)
HOMEWORK = Metric("homework.rows", _homework, dated=homework.STATS.dated)
USERS = Metric("users.rows", _users, dated=users.STATS.dated, undated=users.STATS.undated)
MATERIALS = Metric("materials.rows", _materials, dated=materials.USAGE.dated, undated=materials.USAGE.undated)
