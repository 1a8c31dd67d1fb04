"""Tokens of people who are here: signed in on a page by a link from the bot, or tapping the bot's buttons.

The platform's auth service issues tokens to its own clients. Telegram is none of them, and who opens a link from the
bot has none either; Telegram and the one-use link have said who it is. Why these are safe to believe stands in
`own_tokens`; besides:

- They may do what the person may, writes included, for half a day at most; the bot makes them for minutes.
- In a browser they live in the cookie `COOKIE`, which no script can read and no other site can send. The edge takes the
  cookie for reading alone: whatever changes something comes through a form of our own pages, which pass it on as a
  bearer token after they have looked where the form came from.
- Service tokens are never of this kind: nobody signs in as a program.
"""

from lib.auth.own_tokens import Kind

COOKIE = "repitbot_session"
LONGEST_S = 12 * 3600
SESSION = Kind("session+jwt", "repitbot/sessions", b"repitbot tokens of people who signed in", LONGEST_S)
ROLES = ("admin", "tutor", "student", "parent")


def mint(secret: str, *, sub: str, role: str, seconds: int = LONGEST_S) -> str:
    """A token for somebody who has shown who they are; it lives for `seconds`, 12 hours at most.

    Raises ValueError for a longer life, and for a role that is not a person's.
    """
    if role not in ROLES:
        raise ValueError(f"nobody signs in as {role!r}")
    return SESSION.mint(secret, sub=sub, role=role, scopes=(), seconds=seconds)
