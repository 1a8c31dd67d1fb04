"""Charts over HTTP: the viewer's own figures, really drawn by plotly.js."""

import io
import json
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.clients import Answer
from tests.integration.analytics.conftest import BATCH
from tests.integration.analytics.stories import cloudevent, lesson_at
from tests.integration.runtime.served import Served

CHART = "/api/v1/charts/lesson_completion"
DAYS = "from=2026-11-22&to=2026-11-23&tz=UTC"


def taught(school: Served) -> None:
    """Two lessons on the 22nd, of two students and tutors: one attended, one missed."""
    events = [
        lesson_at("2026-11-22T10:00:00Z"),
        lesson_at("2026-11-22T11:00:00Z", "M", "s2", "t2"),
        marked("L", "attended"),
        marked("M", "unexcused_absence"),
    ]
    answer = school["aggregate_events"].post(
        "/api/v1/events", json=events, content_type=BATCH, role="service"
    )
    assert answer.json["accepted"] == 4


def marked(lesson: str, status: str) -> dict[str, Any]:
    data = {"lesson_id": lesson, "attendance_status": status}
    return cloudevent("lesson.attendance_marked", data, "2026-11-22T12:00:00Z")


def chart(school: Served, query: str = "", **who: Any) -> Answer:
    return school["render_chart"].get(f"{CHART}?{DAYS}{query}", **who)


def completed(answer: Answer) -> list[int]:
    assert answer.status_code == 200, answer.text
    values: list[int] = answer.json["data"][0]["y"]
    return values


def test_the_figure_shows_what_analytics_answers(school: Served) -> None:
    taught(school)
    told = school["query_analytics"].get(f"/api/v1/analytics/lessons/stats?{DAYS}").json
    figure = chart(school).json
    for trace, name in zip(figure["data"], ("completed", "excused", "unexcused", "cancelled"), strict=False):
        assert trace["y"] == [p[name] for p in told["series"]]
    assert figure["data"][-1]["y"] == [0.5, None]
    assert (
        figure["layout"]["meta"]["finding"].replace("\xa0", " ")
        == "Проведено 1 из 2 уроков, посещаемость 50 %"
    )


def test_the_common_parameters_reach_the_figures(school: Served) -> None:
    taught(school)
    assert chart(school, "&granularity=month&locale=en").json["layout"]["xaxis"]["ticktext"] == ["Nov 2026"]
    assert completed(chart(school, "&tutor_id=t2")) == [0, 0]
    assert completed(chart(school, "&subject=%D0%A4%D0%B8%D0%B7%D0%B8%D0%BA%D0%B0")) == [1, 0]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("days=92", "day"),
        ("days=93", "week"),
        ("from=2024-11-01&to=2026-11-22", "month"),
        ("days=730&granularity=day", "day"),
        ("from=2026-11-01&to=2026-11-22", "day"),
    ],
)
def test_a_long_period_is_shown_by_weeks_or_months_unless_asked_otherwise(
    school: Served, asked: str, shown: str
) -> None:
    taught(school)
    figure = school["render_chart"].get(f"{CHART}?{asked}").json
    assert figure["layout"]["meta"]["filters"]["granularity"] == shown


def test_each_viewer_sees_the_lessons_of_their_own(school: Served) -> None:
    taught(school)

    def seen(**who: str) -> int:
        return int(sum(sum(trace["y"]) for trace in chart(school, **who).json["data"][:4]))

    assert seen() == 2
    assert seen(role="student", sub="s2") == 1
    assert seen(role="tutor", sub="t") == 1
    assert seen(role="parent", sub="p") == 0
    assert completed(chart(school, role="student", sub="s")) == [1, 0]
    assert completed(chart(school, role="student", sub="s2")) == [0, 0]


def test_another_students_chart_and_an_absent_ones_are_the_same_404(school: Served) -> None:
    taught(school)
    foreign = chart(school, "&student_id=s2", role="student", sub="s")
    absent = chart(school, "&student_id=nobody", role="student", sub="s")
    assert (foreign.status_code, foreign.content_type) == (404, "application/problem+json")
    assert foreign.data == absent.data
    assert chart(school, role="").status_code == 401


def test_what_charts_there_are_can_be_asked(school: Served) -> None:
    items = {item["name"]: item for item in school["render_chart"].get("/api/v1/charts/types").json["items"]}
    assert set(items) == {
        "lesson_completion",
        "subject_performance",
        "revenue_trends",
        "tutor_earnings",
        "user_activity",
        "material_usage",
        "homework_scores",
        "retention",
        "student_progress",
        "dashboard_overview",
    }
    assert items["student_progress"]["needs"] == ["student_id"]
    lessons = items["lesson_completion"]
    assert (lessons["kinds"][0], lessons["title"]) == ("bar", "Уроки и посещаемость")
    assert set(lessons["formats"]) == {"json", "html", "svg", "png", "pdf", "jpeg"}
    asked = {"from", "to", "tz", "format", "kind", "width", "height", "scale", "theme", "locale"}
    assert asked <= set(lessons["parameters"])


def test_every_chart_is_drawn_for_everybody_who_may_see_it(school: Served) -> None:
    taught(school)
    types = school["render_chart"].get("/api/v1/charts/types").json["items"]
    for item in types:
        for role, sub in (("admin", "a"), ("tutor", "t"), ("student", "s"), ("parent", "p")):
            needed = "&student_id=s" if item["needs"] else ""
            path = f"/api/v1/charts/{item['name']}?{DAYS}&format=svg{needed}"
            answer = school["render_chart"].get(path, role=role, sub=sub)
            expected = {200} if role in item["roles"] else {403}
            # A parent who is no parent of the student's has no chart of the student.
            if needed and role == "parent":
                expected = {404}
            assert answer.status_code in expected, (item["name"], role, answer.text[:200])


def test_an_unknown_chart_is_a_404_that_says_where_to_look(school: Served) -> None:
    answer = school["render_chart"].get("/api/v1/charts/pie_in_the_sky")
    assert answer.status_code == 404
    assert "/api/v1/charts/types" in answer.json["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "&kind=treemap",
        "&format=bmp",
        "&theme=sepia",
        "&locale=fr",
        "&width=199",
        "&width=4001",
        "&height=149",
        "&height=4001",
        "&scale=0.4",
        "&scale=4.1",
        "&scale=nan",
        "&width=4000&height=4000&scale=4&format=png",
        "&width=wide",
        "&colour=red",
        "&granularity=hour",
        "&tz=Mars/Olympus",
        "&days=3",
    ],
)
def test_what_cannot_be_drawn_is_a_400_that_names_it(school: Served, query: str) -> None:
    answer = chart(school, query)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert len(answer.json["detail"]) > 10


def test_while_the_figures_are_away_the_answer_is_503_with_retry_after(
    school: Served, free_port: int
) -> None:
    nowhere = school.settings.model_copy(update={"function_url": f"http://127.0.0.1:{free_port}/{{name}}"})
    answer = type(school["render_chart"])("render_chart", nowhere).get(f"{CHART}?{DAYS}")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_png_has_width_and_height_times_scale(school: Served) -> None:
    taught(school)
    answer = chart(school, "&format=png&width=600&height=300&scale=1.5")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    picture = Image.open(io.BytesIO(answer.data))
    assert (picture.size, picture.format) == ((900, 450), "PNG")
    assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 10
    dark = Image.open(io.BytesIO(chart(school, "&format=png&width=300&height=200&theme=dark").data)).convert(
        "RGB"
    )
    assert (dark.size, dark.getpixel((1, 1))) == ((300, 200), (0x17, 0x1A, 0x21))


def test_an_svg_is_xml_with_the_words_in_it(school: Served) -> None:
    taught(school)
    answer = chart(school, "&format=svg&width=640&height=320")
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    root = ElementTree.fromstring(answer.data)  # noqa: S314 - our own document
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert (root.get("width"), root.get("height")) == ("640", "320")
    text = " ".join(root.itertext()).replace("\xa0", " ")
    for words in ("Уроки и посещаемость", "Проведено 1 из 2 уроков", "Посещаемость", "22 нояб."):
        assert words in text
    assert "Lessons and attendance" in chart(school, "&format=svg&locale=en").text


def test_two_viewers_at_once_each_get_their_own_picture(school: Served) -> None:
    taught(school)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(
            lambda sub: chart(school, "&format=svg&locale=en", role="student", sub=sub), ["s", "s2"]
        )
    assert (first.status_code, second.status_code) == (200, 200)
    assert "1 of 1 lesson held" in first.text
    assert "0 of 1 lesson held" in second.text


def test_the_same_picture_again_is_a_304_and_another_theme_is_not(school: Served) -> None:
    taught(school)
    first = chart(school, "&format=svg")
    again = chart(school, "&format=svg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = chart(school, "&format=svg&theme=dark", headers={"If-None-Match": first.headers["ETag"]})
    assert (other.status_code, other.headers["ETag"] != first.headers["ETag"]) == (200, True)


def test_a_jpeg_and_a_pdf_hold_the_same_picture(school: Served) -> None:
    taught(school)
    answer = chart(school, "&format=jpeg&width=600&height=300&scale=2")
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    picture = Image.open(io.BytesIO(answer.data))
    assert (picture.size, picture.format) == ((1200, 600), "JPEG")
    paper = chart(school, "&format=pdf&width=600&height=300")
    assert (paper.status_code, paper.content_type) == (200, "application/pdf")
    document = PdfReader(io.BytesIO(paper.data))
    (page,) = document.pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (450, 225)
    assert "Уроки и посещаемость" in page.extract_text()
    assert document.root_object.get("/Lang", "") == "ru"


def test_the_page_needs_nothing_but_itself(school: Served) -> None:
    taught(school)
    answer = chart(school, "&format=html&locale=en")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<caption>Lessons and attendance" in answer.text
    shown = json.loads(answer.text.partition('id="figures">')[2].partition("</script>")[0])
    assert [each["width"] for each in shown] == [900, 640, 320]
    assert shown[0]["data"] == chart(school, "&locale=en").json["data"]
    assert shown[2]["layout"]["annotations"] != shown[0]["layout"]["annotations"]


def test_people_are_named_where_analytics_told_of_them_and_nowhere_else(school: Served) -> None:
    taught(school)
    tutor = {"user_id": "t2", "role": "tutor", "name": "Вера Павловна"}
    events = [
        cloudevent("user.registered", tutor, "2026-11-01T00:00:00Z"),
        lesson_at("2026-11-22T13:00:00Z", "N", "s2", "t2"),
        marked("N", "attended"),
    ]
    answer = school["aggregate_events"].post(
        "/api/v1/events", json=events, content_type=BATCH, role="service"
    )
    assert answer.json["accepted"] == 3
    earnings = f"/api/v1/charts/tutor_earnings?{DAYS}"
    told = school["render_chart"].get(earnings, role="admin").json["layout"]["meta"]["table"]["rows"]
    assert {row[0] for row in told} == {"Вера Павловна", "t"}
    brought = school["query_analytics"].get(f"/api/v1/analytics/tutors/earnings?{DAYS}", role="admin").json
    for row in brought["by_tutor"]:
        row["tutor_id"] = "t2"
    item = {"chart": "tutor_earnings", "answer": brought, "format": "json"}
    made = school["render_chart"].post("/api/v1/charts/batch", json={"items": [item]}, role="student")
    assert "Вера" not in json.dumps(made.json["items"][0]["meta"], ensure_ascii=False)
