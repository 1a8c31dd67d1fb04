"""Several messages in one: each in the words of its own type, more briefly the more there are.

What does not fit is shortened in this order, and nothing disappears without a line: long values, then the
facts, then from the end whole messages, which leave their subject, and at last only their type and number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lib.domain.answers import LESSON_ANSWERS
from lib.domain.catalogue import TYPES
from lib.errors import BadInput
from lib.templates.engine import ITEM, SUBJECT, WHOLE, Shape, environment, write
from lib.templates.fitting import LIMIT, cut, visible_length
from lib.templates.headers import header_line
from lib.templates.listing import Line, by_subject, by_type
from lib.templates.model import Reader, Rendered, Surroundings
from lib.templates.values import typed
from lib.templates.variables import texts_of

# Gmail clips longer letters behind a link, with the unsubscribe link among what it hides.
LARGEST_HTML = 100_000
ASKING = "lesson_reminder"


@dataclass(frozen=True, slots=True)
class Cut:
    """How much is shown: the first `kept` messages, with their facts or without, their values this long."""

    kept: int
    facts: bool = True
    longest: int = 20_000
    lines: Callable[[Sequence[Line]], list[str]] = by_subject


@dataclass(slots=True)
class Digest:
    """`values` are None for a message whose data does not make one: its line is all there is of it."""

    channel: str
    reader: Reader
    around: Surroundings
    types: list[str]
    values: list[Mapping[str, Any] | None]
    pieces: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def piece(self, index: int, form: str, how: Cut) -> str:
        """One message; kept, because looking for what fits asks for it again."""
        key = (index, form, how.facts, how.longest)
        if key not in self.pieces:
            self.pieces[key] = self._piece(index, ITEM[self.channel, form], how)
        return self.pieces[key]

    def _piece(self, index: int, shape: Shape, how: Cut) -> str:
        name, values = self.types[index], self.values[index]
        number = index + 1 if len(self.types) > 1 else None
        more: dict[str, Any] = {"number": number, "show_facts": how.facts}
        if values is None:
            stub = environment().get_template(f"layouts/item.stub.{self.channel}.{shape.ending}")
            return stub.render(**more, name=self.name_of(name))
        shorter = {key: cut(str(values[key]), how.longest) for key in texts_of(name) if values[key]}
        return write(name, shape, self.reader, {**values, **shorter}, self._around(index), **more)

    def _around(self, index: int) -> Surroundings:
        """The links to answer stand with the one message that asks."""
        asking = [i for i, name in enumerate(self.types) if name == ASKING]
        mine = asking == [index] and self.asks_about_a_lesson
        return self.around if mine else replace(self.around, answer_urls=None)

    @property
    def asks_about_a_lesson(self) -> bool:
        """Whether the links to answer belong to a reminder, not to the whole digest."""
        return set(self.around.answer_urls or ()) <= set(LESSON_ANSWERS)

    def name_of(self, type_name: str) -> str:
        """What the type is called in the reader's language."""
        names: Any = environment().get_template(f"{self.reader.locale}/names.txt").make_module()
        return str(names.types.get(type_name, names.unknown))

    def lines(self, start: int) -> Iterator[Line]:
        """The messages from `start` on, a line each."""
        for index in range(start, len(self.types)):
            name = self.name_of(self.types[index])
            yield Line(index + 1, self.subject_of(index) or name, name)

    def subject_of(self, index: int) -> str | None:
        """The subject that the message would have as a letter of its own."""
        values = self.values[index]
        if values is None:
            return None
        try:
            return header_line(write(self.types[index], SUBJECT, self.reader, values, self.around))
        except BadInput:
            return None


def render(channel: str, reader: Reader, data: Mapping[str, Any], around: Surroundings) -> Rendered:
    """All messages of `data["items"]` as one. Raises BadInput (422) when there are none."""
    values = typed("digest", data)
    items = values["items"]
    types = [str(item.get("type")) for item in items]
    digest = Digest(channel, reader, around, types, [_typed(item) for item in items])

    def written(form: str, how: Cut) -> str:
        return _written(digest, values["why"], WHOLE[channel, form], how)

    measured = "markup" if channel == "telegram" else "html"
    how = _fitting(len(types), lambda how: _fits(channel, written(measured, how)))
    if channel == "telegram":
        return Rendered(None, written("text", how), written("markup", how))
    subject = header_line(written("subject", how))
    return Rendered(subject, written("text", how), written("html", how))


def _typed(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    kind, data = TYPES.get(str(item.get("type"))), item.get("data")
    if kind is None or kind.gathers or not isinstance(data, dict):
        return None
    try:
        return typed(kind.name, data)
    except BadInput:
        return None


def _written(digest: Digest, why: str | None, shape: Shape, how: Cut) -> str:
    common = set(digest.types)
    shown = range(how.kept if shape.form != "subject" else 0)
    rest = list(digest.lines(how.kept))
    around = digest.around
    if digest.asks_about_a_lesson:
        around = replace(around, answer_urls=None)
    return write(
        "digest",
        shape,
        digest.reader,
        {"why": why, "items": []},
        around,
        total=len(digest.types),
        common=digest.name_of(common.pop()) if len(common) == 1 else None,
        only=digest.subject_of(0) if len(digest.types) == 1 else None,
        pieces=[digest.piece(i, shape.form, how) for i in shown],
        rest=how.lines(rest),
        rest_total=len(rest),
    )


def _fits(channel: str, markup: str) -> bool:
    if channel == "telegram":
        return visible_length(markup) <= LIMIT
    return len(markup.encode()) <= LARGEST_HTML


def _fitting(total: int, fits: Callable[[Cut], bool]) -> Cut:
    """The most that fits."""
    for how in (Cut(total), Cut(total, longest=300), Cut(total, longest=80), Cut(total, False, 80)):
        if fits(how):
            return how
    best = None
    low, high = 0, total - 1
    while low <= high:
        middle = (low + high) // 2
        how = Cut(middle, False, 80)
        if fits(how):
            best, low = how, middle + 1
        else:
            high = middle - 1
    return best or Cut(0, False, 80, by_type)
