"""Given figures and batches: each drawn for itself, a bad one with its reason."""

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image

from tests.integration.charts.test_render_chart import DAYS, taught
from tests.integration.runtime.served import Served


def test_figures_of_a_batch_are_drawn_each_for_itself(school: Served) -> None:
    taught(school)
    told = school["query_analytics"].get(f"/api/v1/analytics/lessons/stats?{DAYS}").json
    items = [
        {"chart": "lesson_completion", "answer": told, "theme": "print", "locale": "en"},
        {"figure": {"data": [{"type": "pie", "labels": ["a"], "values": [1]}]}, "format": "png"},
        {"figure": {"data": [{"type": "mesh3d"}]}},
        {"chart": "lesson_completion", "answer": {"summary": {}}},
        {"chart": "lesson_completion", "parameters": {"from": "2026-11-22", "to": "2026-11-22"}},
        {"chart": "lesson_completion", "parameters": {"tutor_id": "t2"}},
        {"chart": "lesson_completion", "answer": told, "format": "json"},
    ]
    answer = school["render_chart"].post("/api/v1/charts/batch", json={"items": items}, role="tutor", sub="t")
    assert answer.status_code == 200, answer.text
    drawn = answer.json["items"]
    assert [item["status"] for item in drawn] == [200, 200, 422, 422, 200, 404, 200]
    assert drawn[0]["meta"]["receipt"] == told["receipt"]
    assert b"1 of 2 lessons held" in base64.b64decode(drawn[0]["data"])
    assert base64.b64decode(drawn[1]["data"]).startswith(b"\x89PNG")
    assert json.loads(base64.b64decode(drawn[6]["data"]))["layout"]["meta"] == drawn[6]["meta"]
    assert "mesh3d" in drawn[2]["problem"]["detail"]
    assert "answer is not what" in drawn[3]["problem"]["detail"]
    assert b"\xd0\xa3\xd1\x80\xd0\xbe\xd0\xba" in base64.b64decode(drawn[4]["data"])


@pytest.mark.parametrize(
    "body",
    [
        {"items": []},
        {"items": [{}]},
        {"items": [{"figure": {"data": []}, "chart": "lesson_completion"}]},
        {"items": [{"figure": {"data": []}, "answer": {}}]},
        {"items": [{"figure": {"data": []}}] * 21},
        {"items": [{"figure": {"data": []}, "format": "html"}]},
        {"items": [{"figure": {"data": []}, "format": "json"}]},
    ],
)
def test_a_batch_that_is_none_is_a_400(school: Served, body: dict[str, Any]) -> None:
    assert school["render_chart"].post("/api/v1/charts/batch", json=body).status_code == 400


def test_a_given_figure_becomes_a_picture_and_a_bad_one_a_reason(school: Served) -> None:
    render = "/api/v1/charts/render?format=png&width=300&height=200"
    figure = {"data": [{"type": "bar", "x": ["а"], "y": [1]}], "layout": {"title": {"text": "Итог"}}}
    answer = school["render_chart"].post(render, json=figure, role="student", sub="s")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).size == (300, 200)
    refused = school["render_chart"].post(render, json={"data": [], "frames": []})
    assert (refused.status_code, "frames" in refused.json["detail"]) == (422, True)
    large = {"data": [{"type": "scatter", "y": [1] * 700_000}]}
    assert school["render_chart"].post(render, json=large).status_code == 413
    assert school["render_chart"].post(render, json=figure, role="").status_code == 401
