"""The directory of people, what they want to be told, and the templates.

Routes: /api/v1/recipients…, /api/v1/preferences…, /api/v1/templates…, /templates, /unsubscribe/….
"""

from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import Connection

from functions.manage_recipients import directory, erasing, gallery, pages, previewing, rehearsing, templates
from functions.manage_recipients.shapes import Patch, PeopleQuery, Person, Rehearsal
from functions.manage_recipients.template_shapes import NewTemplate, Preview, Rollback, TemplateQuery, Theme
from lib.db import preferences, recipients
from lib.domain.events import field_errors
from lib.domain.preferences import Preferences
from lib.errors import BadInput, not_found
from lib.runtime.function import Call, Function, Reply

KEEPERS = ("admin", "service")
app = Function("manage_recipients")


@app.get("/api/v1/recipients", query=PeopleQuery, roles=KEEPERS, summary="Look somebody up")
def search(call: Call, query: PeopleQuery) -> Reply:
    """In the order of names; all of them when nothing is asked for."""
    directory.require_lister(call)
    with call.db.connect() as conn:
        return Reply(directory.listed(conn, query))


@app.get("/api/v1/recipients/<user_id>", summary="One entry of the directory")
def read(call: Call, user_id: str) -> Reply:
    """One's own, an own child's for a parent, or anybody's for an admin or a service."""
    with call.db.connect() as conn:
        directory.require_reader(conn, call, user_id)
        return Reply(directory.read(conn, user_id))


@app.put("/api/v1/recipients/<user_id>", body=Person, roles=KEEPERS, write=True, summary="Replace an entry")
def replace(call: Call, body: Person, conn: Connection, user_id: str) -> Reply:
    """What is left out is cleared, but for family ties; those are kept the same at both ends."""
    directory.require_self(call, user_id, scope="recipients:write")
    return Reply(directory.replace(conn, user_id, body))


@app.delete(
    "/api/v1/recipients/<user_id>/data",
    answer=erasing.ErasureAct,
    roles=KEEPERS,
    write=True,
    summary="Erase somebody for good",
)
def erase(call: Call, conn: Connection, user_id: str) -> Reply:
    """Nothing of them is left but an act in the journal; figures stay, under a pseudonym. Twice gives the same act."""
    directory.require_self(call, user_id, scope="recipients:write")
    return Reply(erasing.erase(conn, call, user_id))


@app.post(
    "/api/v1/recipients/<user_id>/telegram-link",
    write=True,
    status=201,
    summary="A one-use code that links a Telegram chat",
)
def link(call: Call, conn: Connection, user_id: str) -> Reply:
    """Whoever opens the link within ten minutes, and says yes to the name that the bot tells, is this person to it."""
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
    chosen = _changed(preferences.get(conn, user_id, for_update=True), body)
    preferences.save(conn, user_id, chosen)
    return Reply({"user_id": user_id, **chosen.shown()})


def _changed(before: Preferences, body: Patch) -> Preferences:
    patch = {key: value for key, value in body.model_dump().items() if key != "user_id"}
    try:
        return before.changed(patch)
    except ValidationError as error:
        raise BadInput("The preferences are wrong.", errors=field_errors(error)) from None


@app.post(
    "/api/v1/preferences/<user_id>/preview",
    body=Patch,
    query=Rehearsal,
    summary="The last 30 days with other preferences",
)
def preview_preferences(call: Call, body: Patch, query: Rehearsal, user_id: str) -> Reply:
    """What came and what would have come, and which messages would be lost; nothing is changed or sent."""
    directory.require_self(call, user_id, scope="preferences:read")
    with call.db.connect() as conn:
        chosen = preferences.get(conn, user_id)
        recipient = recipients.get(conn, user_id)
        if recipient is None:
            raise not_found()
        wishes = (chosen, _changed(chosen, body))
        zone = ZoneInfo(call.settings.school_timezone)
        return Reply(rehearsing.preview(conn, recipient, call.now, zone, wishes, query))


@app.get("/api/v1/templates", query=TemplateQuery, summary="Which templates there are")
def list_templates(call: Call, query: TemplateQuery) -> Reply:
    """The built-in ones and the school's own, for every channel and language."""
    with call.db.connect() as conn:
        return Reply(templates.listed(conn, query))


@app.post(
    "/api/v1/templates", body=NewTemplate, roles=KEEPERS, write=True, status=201, summary="A new version"
)
def add_template(call: Call, body: NewTemplate, conn: Connection) -> Reply:
    """Used from now on; the versions before it stay. Refused with the line of what is wrong."""
    templates.require_writer(call)
    return Reply(templates.add(conn, call, body), 201)


@app.get("/api/v1/templates/<name>", summary="One template in all its channels, languages and versions")
def show_template(call: Call, name: str) -> Reply:
    """With its variables and its source."""
    with call.db.connect() as conn:
        return Reply(templates.shown(conn, call, name))


@app.post(
    "/api/v1/templates/<name>/rollback",
    body=Rollback,
    roles=KEEPERS,
    write=True,
    summary="Use an earlier version",
)
def roll_back_template(call: Call, body: Rollback, conn: Connection, name: str) -> Reply:
    """The one before, another one, or the one that came with the system."""
    templates.require_writer(call)
    return Reply(templates.roll_back(conn, name, body))


@app.post("/api/v1/templates/<name>/preview", body=Preview, summary="Render a template")
def preview(call: Call, body: Preview, name: str) -> Reply:
    """With the data given, or with sample data."""
    with call.db.connect() as conn:
        return Reply(previewing.preview(conn, call, name, body))


@app.get(
    "/templates",
    query=Theme,
    open=True,
    produces=("text/html",),
    summary="All messages as people see them",
)
def show_gallery(call: Call, query: Theme) -> Reply:
    """A page of sample letters and Telegram messages; nothing in it is of a real person."""
    return gallery.page(call, query.theme)


@app.get("/unsubscribe/<token>", open=True, summary="Asks whether to unsubscribe")
def ask_to_unsubscribe(call: Call, token: str) -> Reply:
    """A page with one button; opening it changes nothing."""
    with call.db.connect() as conn:
        return pages.show(call, conn, token)


@app.post("/unsubscribe/<token>", open=True, write=True, summary="Unsubscribes (RFC 8058)")
def unsubscribe(call: Call, conn: Connection, token: str) -> Reply:
    """From e-mails of one group; the button's target and the mail client's."""
    return pages.act(call, conn, token)


@app.get("/answers/<token>", open=True, summary="Asks whether to answer so")
def ask_to_answer(call: Call, token: str) -> Reply:
    """A page with one button; opening it changes nothing."""
    with call.db.connect() as conn:
        return pages.show_answer(call, conn, token)


@app.post("/answers/<token>", open=True, write=True, summary="Answers what a message asked")
def answer(call: Call, conn: Connection, token: str) -> Reply:
    """Once: the first answer of a family counts."""
    return pages.answer(call, conn, token)


manage_recipients = app.target
