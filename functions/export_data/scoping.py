"""Whose rows: the caller's row scope and filters as conditions of a dataset."""

from typing import Any

from sqlalchemy import Connection

from functions.export_data.asked import ExportQuery
from functions.export_data.dataset import Dataset
from lib.errors import BadInput, not_found
from lib.runtime.call import Call
from lib.runtime.row_scope import scope

Narrowed = tuple[list[str], dict[str, Any]]


def by_people(conn: Connection, call: Call, query: ExportQuery, dataset: Dataset) -> Narrowed:
    """Rows of the tutor and the students in the caller's scope; of a register of people, one's own row, too.

    Raises BadInput: 404 for another's rows by name, 403 for a token without any, 400 for a filter the dataset
    does not know.
    """
    mine = scope(conn, call)
    tutor_id, student_ids = mine.filters(tutor_id=query.tutor_id, student_id=query.student_id)
    conditions, values = conditions_of(dataset, {"tutor_id": tutor_id, "student_ids": student_ids})
    if dataset.own and not mine.everything and query.tutor_id is None and query.student_id is None:
        conditions = [f"({dataset.own} OR ({' AND '.join(conditions)}))"]
        values["self"] = call.principal.sub
    more, others = conditions_of(dataset, query.plain_filters())
    return conditions + more, values | others


def own_only(conn: Connection, call: Call, query: ExportQuery, dataset: Dataset) -> Narrowed:  # noqa: ARG001
    """Everything for an admin or a service that may; for anybody else what was addressed to them.

    Raises BadInput: 404 for another's by name, 403 for a service that may not, 400 for an unknown filter.
    """
    who = call.principal
    sees_all = who.role == "admin" or (who.role == "service" and who.may("notifications:read"))
    if who.role == "service" and not sees_all:
        raise BadInput("This token may not read these rows.", status=403)
    asked = {each for each in (query.tutor_id, query.student_id) if each is not None}
    if not sees_all and asked - {who.sub}:
        raise not_found()
    user_ids = sorted(asked) if sees_all else [who.sub]
    return conditions_of(dataset, {"user_ids": user_ids or None, **query.plain_filters()})


def conditions_of(dataset: Dataset, wanted: dict[str, Any]) -> Narrowed:
    """What is wanted (None: all) as conditions. Raises BadInput (400): a filter is never quietly left out."""
    given = {name: value for name, value in wanted.items() if value is not None}
    for name in given:
        if name not in dataset.filters:
            raise BadInput(
                f"{dataset.name} cannot be filtered by {name}.",
                errors=[{"loc": name, "msg": "is no filter of this dataset"}],
            )
    return [dataset.filters[name] for name in given], given
