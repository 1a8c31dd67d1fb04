"""What can be said of a template without rendering it: each complaint with its line."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from lib.domain.own_templates import Own
from lib.errors import FieldError
from lib.templates.model import Reader
from lib.templates.variables import of_type

# What every template may use beside the variables of its type.
GLOBALS = (
    "reader",
    "now",
    "currency",
    "unsubscribe_url",
    "answers",
    "group",
    "form",
    "layout",
    "base",
    "fact",
    "action",
    "link",
    "answer_row",
    "listing",
)
BLOCKS = ("subject", "headline", "lead", "items", "facts", "action", "note")
READER = tuple(Reader.__dataclass_fields__)
EXTENDS = "begin with {% extends layout %} or {% extends base(…) %}, and fill its blocks"


def complaint(field: str, line: int | None, wrong: str) -> FieldError:
    """One complaint as the API shows it."""
    return {"loc": field, "msg": wrong if line is None else f"line {line}: {wrong}"}


def complaints(own: Own, environment: SandboxedEnvironment) -> Iterator[FieldError]:
    """Everything that is wrong in what was written."""
    for field, text in own.texts.items():
        try:
            environment.compile(text)
            found = list(_of_field(own, field, environment.parse(text)))
        except TemplateSyntaxError as error:
            found = [(error.lineno, _syntax(error, environment))]
        except (RecursionError, SyntaxError):
            found = [(1, "it is nested too deeply")]
        for line, wrong in sorted(found):
            yield complaint(field, line, wrong)


def _syntax(error: TemplateSyntaxError, environment: SandboxedEnvironment) -> str:
    named = re.match(r"No (filter|test) named '(\w+)'", error.message or "")
    if named is None:
        return error.message or "it does not compile"
    return f"unknown {named[1]} {named[2]}{_nearest(named[2], environment.filters)}"


def _of_field(own: Own, field: str, tree: nodes.Template) -> Iterator[tuple[int, str]]:
    yield from _names(own, tree)
    if field == "source":
        yield from _shape(tree)


def _names(own: Own, tree: nodes.Template) -> Iterator[tuple[int, str]]:
    known = {*(each.name for each in of_type(own.type)), *GLOBALS, *_assigned(tree)}
    unknown = meta.find_undeclared_variables(tree) - known
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name in unknown:
            yield name.lineno, f"unknown variable {name.name}{_nearest(name.name, known)}"
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == "reader" and node.attr not in READER:
            yield node.lineno, f"the reader has no {node.attr}{_nearest(node.attr, READER)}"


def _assigned(tree: nodes.Template) -> set[str]:
    stored = {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
    imported = {name for node in tree.find_all(nodes.FromImport) for name in _imported(node)}
    modules = {node.target for node in tree.find_all(nodes.Import)}
    return stored | imported | modules | {macro.name for macro in tree.find_all(nodes.Macro)}


def _imported(node: nodes.FromImport) -> Iterator[str]:
    for name in node.names:
        yield name[1] if isinstance(name, tuple) else name


def _shape(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """A template that fills a layout shows its blocks and nothing else."""
    if not any(isinstance(node, nodes.Extends) for node in tree.body):
        yield 1, EXTENDS
        return
    for node in tree.body:
        if isinstance(node, nodes.Block) and node.name not in BLOCKS:
            yield node.lineno, f"no layout has a block {node.name}{_nearest(node.name, BLOCKS)}"
        elif isinstance(node, nodes.Output) and not _is_blank(node):
            yield _first_line(node), "what stands outside of blocks is not shown"


def _is_blank(node: nodes.Output) -> bool:
    return all(isinstance(each, nodes.TemplateData) and not each.data.strip() for each in node.nodes)


def _first_line(node: nodes.Output) -> int:
    first = node.nodes[0]
    if not isinstance(first, nodes.TemplateData):
        return node.lineno
    blank = len(first.data) - len(first.data.lstrip())
    return node.lineno + first.data[:blank].count("\n")


def _nearest(word: str, among: Collection[str]) -> str:
    close = get_close_matches(word, among, n=1)
    return f"; did you mean {close[0]}?" if close else ""
