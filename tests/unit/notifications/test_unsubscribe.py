"""Signed links."""

import pytest

from lib.domain import unsubscribe
from lib.errors import BadInput


def test_a_link_says_who_and_what() -> None:
    assert unsubscribe.read("secret", unsubscribe.token("secret", "ученик-7", "lessons")) == (
        "ученик-7",
        "lessons",
    )


@pytest.mark.parametrize("given", ["", "AAAA", "ж", "!" * 40, "A" * 500])
def test_what_we_did_not_sign_is_absent(given: str) -> None:
    with pytest.raises(BadInput) as refused:
        unsubscribe.read("secret", given)
    assert refused.value.status == 404


def test_another_secret_or_a_changed_letter_does_not_fit() -> None:
    good = unsubscribe.token("secret", "u", "lessons")
    for bad in (unsubscribe.token("other", "u", "lessons"), good[:-1] + ("A" if good[-1] != "A" else "B")):
        with pytest.raises(BadInput):
            unsubscribe.read("secret", bad)
