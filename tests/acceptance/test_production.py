"""One machine in earnest: the same command, with ENVIRONMENT=production."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from lib.auth.tokens import mint
from lib.runtime.settings import Settings
from tests.acceptance.system import System

KEY = secrets.token_hex(32)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system as a service would run it; nobody has said that there should be no demonstration."""
    folder: Path = tmp_path_factory.mktemp("production")
    environment = {"ENVIRONMENT": "production", "JWT_SECRET_KEY": KEY, "PUBLIC_URL": "https://school.example"}
    with System(folder, environment, demo=True) as system:
        yield system


def test_its_output_holds_no_key_to_the_house(system: System) -> None:
    assert "Notifications" in system.output
    assert "eyJ" not in system.output
    assert KEY not in system.output


def test_it_begins_empty(system: System) -> None:
    token = mint(Settings(jwt_secret_key=KEY), role="admin", sub="head")
    headers = {"Authorization": f"Bearer {token}"}
    answer = urllib3.request("GET", system.url("NOTIFICATION_PORT", "/api/v1/recipients"), headers=headers)
    assert (answer.status, answer.json()["items"]) == (200, [])


def test_it_takes_no_token_of_the_development_key_and_offers_nobody_to_sign_in_as(system: System) -> None:
    assert system.get("NOTIFICATION_PORT", "/api/v1/recipients").status == 401
    page = urllib3.request("GET", system.url("NOTIFICATION_PORT", "/sign-in")).data.decode()
    assert 'class="person' not in page


def test_behind_a_proxy_that_ends_tls_the_session_travels_by_tls_only(system: System) -> None:
    token = mint(Settings(jwt_secret_key=KEY), role="tutor", sub="t-1")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    kept = {
        port: urllib3.request(
            "POST", system.url(port, "/sign-in"), body=f"token={token}", headers=form, redirect=False
        ).headers["Set-Cookie"]
        for port in ("NOTIFICATION_PORT", "ANALYTICS_PORT")
    }
    # The second service has its own address, which was left as it is: plain HTTP on this machine.
    assert ("Secure" in kept["NOTIFICATION_PORT"], "Secure" in kept["ANALYTICS_PORT"]) == (True, False)
