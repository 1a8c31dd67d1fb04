"""Files that come with a request, to travel with a message."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from lib.domain.outcomes import Attachment

MOST_FILES = 5
# In base64 a third more, which just fits into the largest body that is taken.
LARGEST_TOGETHER = 3584 * 1024
LONGEST_NAME = 120
# What a click would run; mail servers refuse whole letters for them.
_PROGRAMS = (
    "apk app application bat bin cmd com cpl dll dmg exe gadget hta inf ins iso jar js jse lnk mjs msc msi msp mst "
    "pif ps1 psm1 py reg run scf scr sct sh sys url vb vbe vbs wsc wsf wsh"
)
EXECUTABLE = frozenset(_PROGRAMS.split())
EXECUTABLE_TYPES = re.compile(
    r"^(application|text)/(x-)?(ms-?dos-executable|msdownload|ms-?install(er)?|msi|dosexec|executable|elf|mach-binary"
    r"|sharedlib|sh|shellscript|bat|javascript|ecmascript|vbscript|powershell|java-archive|hta|httpd-php|python)$"
    r"|^application/vnd\.(microsoft\.portable-executable|android\.package-archive)$"
)
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]{1,127}"  # noqa: S105 - RFC 6838's token
_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(; ?charset=[A-Za-z0-9._-]{{1,40}})?")
# They hold messages themselves, which may not be encoded in base64.
_CONTAINERS = ("multipart/", "message/")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _filename(name: str) -> str:
    if any(unicodedata.category(each) in _INVISIBLE for each in name):
        raise ValueError("must be one line without control or invisible characters")
    # Windows drops dots and spaces at the end, so that `a.exe.` would be a program.
    if re.search(r'[/\\:*?"<>|]', name) or name != name.strip(". "):
        raise ValueError("must be a plain file name without a folder")
    ending = name.rpartition(".")[2].lower()
    if "." in name and ending in EXECUTABLE:
        raise ValueError(f"must not be a program or script (.{ending})")
    return name


def _content_type(value: str) -> str:
    if not _TYPE.fullmatch(value):
        raise ValueError("must be a MIME type, for example application/pdf")
    bare = value.partition(";")[0].lower()
    if bare.startswith(_CONTAINERS):
        raise ValueError("must be the type of a file, not of a message")
    if EXECUTABLE_TYPES.match(bare):
        raise ValueError("must not be a program or script")
    return value


def _content(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a text in base64")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None


Content = Annotated[
    bytes,
    BeforeValidator(_content),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class GivenAttachment(BaseModel):
    """One file: its name without a folder, its MIME type, and its bytes in base64."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    filename: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_filename)]
    content_type: Annotated[str, AfterValidator(_content_type)]
    content: Content


def _together(files: tuple[GivenAttachment, ...]) -> tuple[GivenAttachment, ...]:
    size = sum(len(each.content) for each in files)
    if size > LARGEST_TOGETHER:
        raise ValueError(f"the files hold {size} bytes together, at most {LARGEST_TOGETHER} are allowed")
    return files


# The field of a request.
GivenAttachments = Annotated[
    tuple[GivenAttachment, ...], Field(max_length=MOST_FILES), AfterValidator(_together)
]


def decoded(files: Sequence[GivenAttachment]) -> tuple[Attachment, ...]:
    """The files as they travel with a letter."""
    return tuple(Attachment(each.filename, each.content_type, each.content) for each in files)
