"""The console's addresses, and who may open them."""

from functions.serve_console.notifications import (
    broadcasts,
    composing,
    editing,
    explaining,
    frames,
    gallery,
    letters,
    log,
    message,
    people,
    preferences,
    simulating,
)
from functions.serve_console.web.routes import form, page
from lib.runtime.function import Function

ADMIN = ("admin",)
home = log.home


def declare(app: Function) -> None:
    """Every page and form below /console; the front page itself is `home`."""
    _messages(app)
    _people(app)
    _templates(app)
    _many(app)


def _messages(app: Function) -> None:
    page(app, "/console/log/news")(log.news)
    page(app, "/console/pulse", roles=ADMIN)(log.strip)
    page(app, "/console/messages/<uuid:some_id>")(message.message)
    page(app, "/console/messages/<uuid:some_id>/letters/<uuid:delivery_id>")(message.letter)
    form(app, "/console/messages/<uuid:some_id>/<any(retry, cancel):what>", roles=ADMIN)(message.act)
    page(app, "/console/explain")(explaining.explain)
    page(app, "/console/simulate", roles=ADMIN)(simulating.ask)
    form(app, "/console/simulate", roles=ADMIN)(simulating.simulate)
    page(app, "/console/frames/<name>")(frames.kept)
    page(app, "/console/dead-letters", roles=ADMIN)(letters.listed)
    form(app, "/console/dead-letters/<uuid:letter_id>/replay", roles=ADMIN)(letters.replay)


def _people(app: Function) -> None:
    """What concerns one person is asked of the API, which knows whose it is."""
    page(app, "/console/preferences")(people.own)
    page(app, "/console/people", roles=ADMIN)(people.search)
    page(app, "/console/people/options", roles=ADMIN)(people.options)
    page(app, "/console/people/<user_id>", roles=ADMIN)(people.one)
    form(app, "/console/people/<user_id>/link")(people.link)
    form(app, "/console/people/<user_id>/test")(people.test)
    form(app, "/console/people/<user_id>/preferences")(preferences.save)
    form(app, "/console/people/<user_id>/rehearsal")(preferences.rehearse)


def _templates(app: Function) -> None:
    page(app, "/console/templates", roles=ADMIN)(gallery.gallery)
    page(app, "/console/new-template", roles=ADMIN)(editing.begin)
    page(app, "/console/templates/<name>", roles=ADMIN)(gallery.template)
    page(app, "/console/templates/<name>/mail", roles=ADMIN)(gallery.mail)
    page(app, "/console/templates/<name>/bubble", roles=ADMIN)(gallery.bubble)
    page(app, "/console/templates/<name>/edit", roles=ADMIN)(editing.edit)
    form(app, "/console/templates/<name>", roles=ADMIN)(editing.save)
    form(app, "/console/templates/<name>/preview", roles=ADMIN)(editing.preview)
    form(app, "/console/templates/<name>/rollback", roles=ADMIN)(gallery.roll_back)


def _many(app: Function) -> None:
    page(app, "/console/broadcasts", roles=ADMIN)(broadcasts.listed)
    page(app, "/console/broadcasts/new", roles=ADMIN)(composing.compose)
    form(app, "/console/broadcasts/rehearsal", roles=ADMIN)(composing.rehearse)
    form(app, "/console/broadcasts", roles=ADMIN)(composing.send)
    page(app, "/console/broadcasts/<uuid:broadcast_id>", roles=ADMIN)(broadcasts.one)
    form(app, "/console/broadcasts/<uuid:broadcast_id>/<any(pause, resume, cancel):what>", roles=ADMIN)(
        broadcasts.act
    )
