"""What a browser sends, and where it may lead."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.serve_console.web.forms import form_of, own_path, query_of
from lib.errors import BadInput
from lib.runtime.call import Call
from lib.runtime.services import Services
from lib.runtime.settings import Settings

FORM = "application/x-www-form-urlencoded"


def call(raw: bytes = b"", url: str = "/", **headers: str) -> Call:
    named: dict[str, Any] = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(Services(Settings()), "r", datetime.now(UTC), named, raw=raw, url=url)


def test_fields_come_trimmed_in_order_and_in_any_script() -> None:
    form = form_of(call("a=+1+&b=x&b=y&имя=Анна".encode(), Content_Type=FORM))
    assert (form["a"], form.getlist("b"), form["имя"], form.get("c", "-")) == ("1", ["x", "y"], "Анна", "-")
    assert query_of(call(url="/p?q=%D0%B0&empty="))["q"] == "а"
    assert query_of(call(url="/p?q=1&empty=")).to_dict() == {"q": "1", "empty": ""}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
        ({"Origin": "https://evil.example", "Host": "school.example"}, 403),
        ({"Origin": "null", "Host": "school.example"}, 403),
        ({"Content_Type": "application/json"}, 415),
    ],
)
def test_a_form_of_another_page_is_refused(headers: dict[str, str], status: int) -> None:
    with pytest.raises(BadInput) as refused:
        form_of(call(b"a=1", **{"Content_Type": FORM, **headers}))
    assert refused.value.status == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-origin"},
        {"Origin": "https://school.example", "Host": "inside:8080", "X_Forwarded_Host": "school.example"},
        {},
    ],
)
def test_a_form_of_our_own_is_taken(headers: dict[str, str]) -> None:
    assert form_of(call(b"a=1", **{"Content_Type": FORM, **headers}))["a"] == "1"


def test_an_endless_form_is_refused() -> None:
    with pytest.raises(BadInput):
        form_of(call(b"a=1&" * 600, Content_Type=FORM))


@pytest.mark.parametrize(
    "elsewhere", ["//e.example", "/\\e.example", "https://e.example/", "javascript:x", "", "a", "/a\nb"]
)
def test_nothing_leads_elsewhere(elsewhere: str) -> None:
    assert own_path(elsewhere) == "/"


def test_a_path_of_ours_is_kept() -> None:
    assert own_path("/console/log?state=failed&q=%D0%B0") == "/console/log?state=failed&q=%D0%B0"
