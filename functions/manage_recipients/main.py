"""The directory of people, what they want to be told, and the templates.

Routes: /api/v1/recipients…, /api/v1/preferences…, /api/v1/templates…, /unsubscribe/….
"""

from pydantic import ValidationError
from sqlalchemy import Connection

from functions.manage_recipients import directory, pages, templates
from functions.manage_recipients.shapes import Patch, Person, Preview, TemplateQuery
from lib.db import preferences
from lib.domain.events import field_errors
from lib.errors import BadInput
from lib.runtime.function import Call, Function, Reply

KEEPERS = ("admin", "service")
app = Function("manage_recipients")


@app.get("/api/v1/recipients/<user_id>", summary="One entry of the directory")
def read(call: Call, user_id: str) -> Reply:
    """One's own, or anybody's for an admin or a service."""
    directory.require_self(call, user_id, scope="recipients:read")
    with call.db.connect() as conn:
        return Reply(directory.read(conn, user_id))


@app.put("/api/v1/recipients/<user_id>", body=Person, roles=KEEPERS, write=True, summary="Replace an entry")
def replace(call: Call, body: Person, conn: Connection, user_id: str) -> Reply:
    """What is left out is cleared, but for family ties; those are kept the same at both ends."""
    directory.require_self(call, user_id, scope="recipients:write")
    return Reply(directory.replace(conn, user_id, body))


@app.post(
    "/api/v1/recipients/<user_id>/telegram-link",
    write=True,
    status=201,
    summary="A one-use code that links a Telegram chat",
)
def link(call: Call, conn: Connection, user_id: str) -> Reply:
    """Whoever opens the link within an hour is this person to the bot."""
    directory.require_self(call, user_id, scope="recipients:write")
    return Reply(directory.link(conn, call, user_id), 201)


@app.get("/api/v1/preferences/<user_id>", summary="What somebody wants to be told")
def read_preferences(call: Call, user_id: str) -> Reply:
    """The defaults for who chose nothing."""
    directory.require_self(call, user_id, scope="preferences:read")
    with call.db.connect() as conn:
        return Reply({"user_id": user_id, **preferences.get(conn, user_id).shown()})


@app.patch("/api/v1/preferences/<user_id>", body=Patch, write=True, summary="Change preferences")
def change_preferences(call: Call, body: Patch, conn: Connection, user_id: str) -> Reply:
    """A merge patch: what is left out stays, null goes back to the default."""
    directory.require_self(call, user_id, scope="preferences:write")
    patch = {key: value for key, value in body.model_dump().items() if key != "user_id"}
    try:
        chosen = preferences.get(conn, user_id, for_update=True).changed(patch)
    except ValidationError as error:
        raise BadInput("The preferences are wrong.", errors=field_errors(error)) from None
    preferences.save(conn, user_id, chosen)
    return Reply({"user_id": user_id, **chosen.shown()})


@app.get("/api/v1/templates", query=TemplateQuery, summary="Which templates there are")
def list_templates(_: Call, query: TemplateQuery) -> Reply:
    """The built-in ones, for every channel and language."""
    return Reply(templates.listed(query))


@app.get("/api/v1/templates/<name>", summary="One template in all its channels and languages")
def show_template(_: Call, name: str) -> Reply:
    """With its variables and its source."""
    return Reply(templates.shown(name))


@app.post("/api/v1/templates/<name>/preview", body=Preview, summary="Render a template")
def preview(call: Call, body: Preview, name: str) -> Reply:
    """With the data given, or with sample data."""
    return Reply(templates.preview(call, name, body))


@app.get("/unsubscribe/<token>", open=True, summary="Asks whether to unsubscribe")
def ask_to_unsubscribe(call: Call, token: str) -> Reply:
    """A page with one button; opening it changes nothing."""
    with call.db.connect() as conn:
        return pages.show(call, conn, token)


@app.post("/unsubscribe/<token>", open=True, write=True, summary="Unsubscribes (RFC 8058)")
def unsubscribe(call: Call, conn: Connection, token: str) -> Reply:
    """From e-mails of one group; the button's target and the mail client's."""
    return pages.act(call, conn, token)


manage_recipients = app.target
