"""Charts over HTTP: the viewer's own figures, really drawn by Chromium."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from functions.render_chart import browser, drawing
from tests.clients import Answer
from tests.integration.analytics.conftest import BATCH
from tests.integration.analytics.stories import cloudevent, lesson_at
from tests.integration.runtime.served import Served

CHART = "/api/v1/charts/lesson_completion"
DAYS = "from=2026-11-22&to=2026-11-23&tz=UTC"
FIGURE = {"data": [{"type": "bar", "x": ["a"], "y": [1]}], "layout": {}}


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


def chart(school: Served, query: str = "", **who: str) -> Answer:
    return school["render_chart"].get(f"{CHART}?{DAYS}{query}", **who)


def completed(answer: Answer) -> list[int]:
    assert answer.status_code == 200, answer.text
    values: list[int] = answer.json["data"][0]["y"]
    return values


def browsers() -> list[psutil.Process]:
    """Our own living descendants that belong to the browser."""
    return [p for p in psutil.Process().children(recursive=True) if lives_and_is_of_it(p)]


def lives_and_is_of_it(process: psutil.Process) -> bool:
    """Some of them end by themselves between being listed and being looked at."""
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and any("chrom" in word for word in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def folders() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob(f"{browser.PREFIX}*")}


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
    (only,) = school["render_chart"].get("/api/v1/charts/types").json["items"]
    assert (only["name"], only["kinds"], only["title"]) == (
        "lesson_completion",
        ["bar", "line"],
        "Уроки и посещаемость",
    )
    assert {"from", "to", "tz", "format", "kind", "width", "height", "scale", "theme", "locale"} <= set(
        only["parameters"]
    )


def test_an_unknown_chart_is_a_404_that_says_where_to_look(school: Served) -> None:
    answer = school["render_chart"].get("/api/v1/charts/pie_in_the_sky")
    assert answer.status_code == 404
    assert "/api/v1/charts/types" in answer.json["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "&kind=pie",
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


@pytest.mark.parametrize("victims", ["all of it", "its first process"])
def test_a_browser_killed_between_two_pictures_costs_at_most_one_503(school: Served, victims: str) -> None:
    taught(school)
    assert chart(school, "&format=png").status_code == 200
    for process in browsers()[: None if victims == "all of it" else 1]:
        process.kill()
    first = chart(school, "&format=png")
    if first.status_code != 200:
        assert (first.status_code, int(first.headers["Retry-After"]) >= 1) == (503, True)
    assert chart(school, "&format=png").status_code == 200


def test_a_stopped_browser_is_given_up_in_time_and_leaves_nothing(
    school: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught(school)
    assert chart(school, "&format=png").status_code == 200
    stopped, known = browsers(), folders()
    for process in stopped:
        process.suspend()
    # An attempt may take 13 s; a shorter one proves the same.
    monkeypatch.setattr(drawing, "ATTEMPT_S", 2.0)
    monkeypatch.setattr(drawing, "DEADLINE_S", 2.0)
    assert chart(school, "&format=png").status_code == 503
    psutil.wait_procs(stopped, timeout=10)
    assert [p for p in stopped if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    monkeypatch.undo()
    assert chart(school, "&format=png").status_code == 200
    assert len(folders() & known) < len(known)


def test_after_a_stopped_browser_the_same_request_tries_another(
    school: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught(school)
    assert chart(school, "&format=png").status_code == 200
    stopped = browsers()
    for process in stopped:
        process.suspend()
    monkeypatch.setattr(drawing, "ATTEMPT_S", 5.0)
    assert chart(school, "&format=png").status_code == 200
    psutil.wait_procs(stopped, timeout=10)
    assert [p for p in stopped if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


def test_warming_starts_the_browser_and_a_failure_to_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing.close()
    with monkeypatch.context() as without:
        without.setattr(drawing, "Folder", lambda: (_ for _ in ()).throw(OSError("no room")))
        drawing.warm()
        assert browsers() == []
    drawing.warm()
    running = browsers()
    assert running
    assert drawing.draw(FIGURE, fmt="png", width=300, height=200, scale=1)
    assert {p.pid for p in running} <= {p.pid for p in browsers()}


def test_closing_leaves_no_process_and_no_folder() -> None:
    before = folders()
    drawing.close()
    drawing.draw(FIGURE, fmt="png", width=300, height=200, scale=1)
    running = browsers()
    assert running
    drawing.close()
    psutil.wait_procs(running, timeout=10)
    assert browsers() == []
    assert folders() <= before


def test_the_folder_of_a_killed_function_is_swept_by_the_next_one() -> None:
    holding = (
        "from functions.render_chart.browser import Folder; f = Folder(); print(f.path, flush=True); input()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", holding],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=os.getcwd(),
    )
    assert child.stdout is not None
    path = Path(child.stdout.readline().strip())
    browser.sweep()
    assert path.exists()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    browser.sweep()
    assert not path.exists()
