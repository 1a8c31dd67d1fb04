"""What somebody wrote is read with its lines, and rendered within limits, whatever it tries."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lib.domain.own_templates import Own
from lib.templates.own import limits
from lib.templates.own.limits import Tripped
from lib.templates.own.sandbox import Sandbox
from lib.templates.rendering import Reader, Surroundings, render
from lib.templates.variables import sample

READER = Reader("ru", ZoneInfo("Europe/Moscow"), "parent", "Ольга")
AROUND = Surroundings(datetime(2026, 11, 22, 9, tzinfo=UTC))
START = "{% extends layout %}\n{% block subject %}Тема{% endblock %}\n{% block headline %}x{% endblock %}\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    yield made
    made.stop()


def own(source: str | None = None, channel: str = "email", **fields: Any) -> Own:
    given = {"name": "lesson_created", "type": "lesson_created", "locale": "ru", "version": 3, **fields}
    return Own(channel=channel, source=source, **given)


def lead(text: str, channel: str = "email") -> Own:
    """A template whose lead, on its line 4, is this."""
    return own(f"{START}{{% block lead %}}{text}{{% endblock %}}", channel)


def wrong(sandbox: Sandbox, written: Own) -> list[str]:
    return [f"{each['loc']}, {each['msg']}" for each in sandbox.complaints(written, READER, AROUND)]


def test_a_template_may_change_one_block_of_a_built_in_one(sandbox: Sandbox) -> None:
    written = own(
        '{% extends base("email/lesson_created") %}{% block headline %}Ура, {{ subject }}!{% endblock %}'
    )
    assert wrong(sandbox, written) == []
    made = render("lesson_created", "email", READER, sample("lesson_created", "ru"), AROUND, own=written)
    assert made.fell_back is None
    assert made.text.startswith("Ура, Математика!")
    assert "Ура, Математика!</h1>" in made.html
    assert "среда, 25 ноября, 17:00" in made.text
    assert made.subject == "Новое занятие: Математика, среда, 25 ноября, 17:00"


def test_the_forms_may_be_written_one_by_one(sandbox: Sandbox) -> None:
    mail = own(None, subject="Тема {{ subject }}", text="{{ topic }} < 5", html="<p>{{ topic }}</p>")
    assert wrong(sandbox, mail) == []
    made = sandbox.render(mail, READER, {"subject": "Физика", "topic": "a < b"}, AROUND)
    assert (made.subject, made.text, made.html) == ("Тема Физика", "a < b < 5", "<p>a &lt; b</p>")
    chat = own(None, "telegram", html='<b>{{ topic }}</b> <a href="https://x.example/">x</a>')
    assert wrong(sandbox, chat) == []
    assert sandbox.render(chat, READER, {"topic": "&"}, AROUND).text == "& x: https://x.example/"


def test_what_is_not_there_shows_as_nothing(sandbox: Sandbox) -> None:
    made = sandbox.render(lead("[{{ topic }}]"), READER, {}, AROUND)
    assert "[]" in made.text
    assert "None" not in made.html


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{{ topik }}", "line 4: unknown variable topik; did you mean topic?"),
        ("\n\n{{ balance }}", "line 6: unknown variable balance"),
        ("{{ topic|uper }}", "line 4: unknown filter uper; did you mean upper?"),
        ("{{ reader.nmae }}", "line 4: the reader has no nmae; did you mean name?"),
        ("{% if %}", "line 4: Expected an expression, got 'end of statement block'"),
        ("{{ topic.foo }}", "line 4: 'str object' has no attribute 'foo' (with all data, for a student)"),
        ("{{ topic.strip() }}", "line 4: 'None' has no attribute 'strip' (with no data, for a student)"),
        ("{% if reader.role == 'tutor' %}{{ 1 // 0 }}{% endif %}", "line 4: ZeroDivisionError"),
        ("{{ ''.__class__.__mro__ }}", "line 4: SecurityError"),
        ("{% include 'secrets' %}", "line 4: there is no template secrets to build on"),
        ("{{ topic|safe }}", "line 4: what people type gets into the markup as it stands"),
        ("<b>{{ topic }}</b>", "line 4: <b> would be shown in the text part"),
        ("{% for n in range(99999) %}слово{% endfor %}", "the text is larger than 20 KB"),
        ("{{ '(' * 9 }}{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "it is nested too deeply"),
    ],
)
def test_a_mistake_is_told_with_its_line(sandbox: Sandbox, text: str, complaint: str) -> None:
    found = wrong(sandbox, lead(text))
    assert len(found) == 1
    assert found[0].startswith("source, ")
    assert complaint in found[0]


def test_every_unknown_variable_is_named(sandbox: Sandbox) -> None:
    assert wrong(sandbox, lead("{{ topik }}\n{{ subjekt }}")) == [
        "source, line 4: unknown variable topik; did you mean topic?",
        "source, line 5: unknown variable subjekt; did you mean subject?",
    ]


def test_names_that_a_template_makes_itself_are_known(sandbox: Sandbox) -> None:
    text = (
        "{% set who = student_name %}{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice(who) }}"
        "{% for n in range(2) %}{{ loop.index }}{% endfor %}{{ joined(subject, topic) }}{{ starts_at|moment }}"
    )
    assert wrong(sandbox, lead(text)) == []


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("Привет", "line 1: begin with {% extends layout %}"),
        (f"{START}\n\nпривет\n", "line 6: what stands outside of blocks is not shown"),
        (
            f"{START}{{% block hedline %}}{{% endblock %}}",
            "line 4: no layout has a block hedline; did you mean",
        ),
        ("{% extends layout %}\n{% block lead %}x{% endblock %}", "the subject is empty"),
        ("{% extends layout %}\n{% block subject %}a\nb{% endblock %}", "the subject must be one line"),
        (
            "{% extends layout %}{% block subject %}=?utf-8?q?Hi=0D=0ABcc:_x=40y?={% endblock %}",
            "the subject must be one line",
        ),
    ],
)
def test_a_template_that_would_show_nothing_or_break_a_header_is_refused(
    sandbox: Sandbox, source: str, complaint: str
) -> None:
    assert complaint in "\n".join(wrong(sandbox, own(source)))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<b>x", "line 4: <b> is never closed"),
        ("<b><i>x</b></i>", "line 4: </b> closes what is not open"),
        ("<div>x</div>", "line 4: <div> is no tag of Telegram"),
        ("<a>x</a>", "has attributes that Telegram does not take"),
        ('<a href="javascript:x">x</a>', "has attributes that Telegram does not take"),
        ('<b class="x">x</b>', "has attributes that Telegram does not take"),
        ("&nbsp;", "line 4: &nbsp; is unknown to Telegram"),
        ("1 < 2", "line 4: a < or > that is no tag"),
        ("слово " * 900, "the message has more than 4096 characters"),
    ],
)
def test_what_telegram_would_refuse_is_refused_first(sandbox: Sandbox, text: str, complaint: str) -> None:
    found = wrong(sandbox, lead(text, "telegram"))
    assert complaint in found[0]


def test_what_telegram_takes_is_taken(sandbox: Sandbox) -> None:
    text = (
        '<b>x</b><i>x</i><u>x</u><s>x</s><code>x</code><pre><code class="language-python">x</code></pre>'
        '<blockquote expandable>x</blockquote><tg-spoiler>x</tg-spoiler><a href="https://x.example/?a=1&amp;b=2">x</a>'
    )
    assert wrong(sandbox, lead(text, "telegram")) == []


def test_long_data_is_cut_for_telegram_in_an_own_template_too(sandbox: Sandbox) -> None:
    made = sandbox.render(lead("{{ topic }}", "telegram"), READER, {"topic": "<слово> " * 2000}, AROUND)
    assert made.html.endswith("…")


@pytest.mark.parametrize(
    ("bomb", "limit"),
    [
        ("{{ 'a' * 10**9 }}", "memory"),
        ("{{ '%1000000000d'|format(1) }}", "memory"),
        (
            "{% set x = namespace(a='a' * 1000) %}{% for n in range(99) %}{% set x.a = x.a ~ x.a %}{% endfor %}",
            "memory",
        ),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "cpu"),
        ("{{ 9 ** (9 ** 9) }}", "cpu"),
        ("{{ range(99999)|map('string')|sum(start='') }}", None),
    ],
)
def test_a_bomb_is_stopped_within_its_limits(sandbox: Sandbox, bomb: str, limit: str | None) -> None:
    started = time.monotonic()
    if limit is None:
        assert wrong(sandbox, lead(bomb))
    else:
        with pytest.raises(Tripped) as tripped:
            sandbox.complaints(lead(bomb), READER, AROUND)
        assert tripped.value.limit == limit
    assert time.monotonic() - started < limits.WALL_S + 1
    assert wrong(sandbox, lead("{{ topic }}")) == []


def test_the_worker_comes_back_after_it_was_killed(sandbox: Sandbox) -> None:
    assert wrong(sandbox, lead("{{ topic }}")) == []
    assert sandbox._worker is not None
    os.kill(sandbox._worker.pid, 9)
    sandbox._worker.wait()
    assert wrong(sandbox, lead("{{ topic }}")) == []


def test_the_worker_is_given_none_of_our_secrets(sandbox: Sandbox) -> None:
    assert wrong(sandbox, lead("{{ topic }}")) == []
    assert sandbox._worker is not None
    with open(f"/proc/{sandbox._worker.pid}/environ", encoding="utf-8") as environ:
        names = {each.partition("=")[0] for each in environ.read().split("\0") if each}
    assert names <= {"PYTHONPATH", "LANG", "LC_CTYPE"}


def test_when_it_fails_the_built_in_one_is_used_and_the_reason_told() -> None:
    written = lead("{{ topic.nothing }}")
    data = sample("lesson_created", "ru")
    made = render("lesson_created", "email", READER, data, AROUND, own=written)
    assert (
        made.fell_back == "lesson_created version 3: source, line 4: 'str object' has no attribute 'nothing'"
    )
    assert made.subject == render("lesson_created", "email", READER, data, AROUND).subject
    bomb = render("lesson_created", "email", READER, data, AROUND, own=lead("{{ 'a' * 10**9 }}"))
    assert bomb.fell_back == "lesson_created version 3: it needs more than 64 MB of memory"
