"""What files a request may bring, and what becomes of them."""

from base64 import b64encode
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lib.domain.outcomes import Attachment
from lib.runtime import attachments
from lib.runtime.attachments import GivenAttachment, GivenAttachments, decoded

FIELD: TypeAdapter[tuple[GivenAttachment, ...]] = TypeAdapter(GivenAttachments)


def file(
    filename: str = "a.pdf", content_type: str = "application/pdf", content: bytes = b"x"
) -> dict[str, Any]:
    return {"filename": filename, "content_type": content_type, "content": b64encode(content).decode()}


def given(*files: dict[str, Any]) -> tuple[GivenAttachment, ...]:
    return FIELD.validate_python(list(files))


def test_files_are_decoded_in_order() -> None:
    made = decoded(
        given(file("Отчёт.pdf", content=bytes(range(256))), file("b.csv", "text/csv; charset=utf-8"))
    )
    assert made == (
        Attachment("Отчёт.pdf", "application/pdf", bytes(range(256))),
        Attachment("b.csv", "text/csv; charset=utf-8", b"x"),
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "../a.pdf",
        "a/b.pdf",
        "a\\b.pdf",
        "a:b.pdf",
        "a\r\nBcc: x@y.pdf",
        "a\x00.pdf",
        "a\u202efdp.exe",
        "a\u2028.pdf",
        "a.pdf ",
        ".htaccess",
        "x" * 121,
    ],
)
def test_a_name_that_is_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="filename"):
        given(file(name))


@pytest.mark.parametrize(
    "name", ["a.exe", "A.EXE", "report.pdf.js", "a.bat", "b.ps1", "c.lnk", "d.hta", "e.jar", "f.sh"]
)
def test_a_program_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(ValidationError, match="must not be a program or script"):
        given(file(name))


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-msdownload",
        "application/x-sh",
        "text/javascript",
        "application/javascript",
        "application/vnd.microsoft.portable-executable",
        "application/x-ms-dos-executable",
        "application/x-msi",
        "application/x-executable",
        "Application/X-MSDownload; charset=x",
    ],
)
def test_a_program_is_refused_by_its_type(kind: str) -> None:
    with pytest.raises(ValidationError, match="must not be a program or script"):
        given(file("a.bin2", kind))


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "pdf",
        "application/",
        "a b/c",
        "text/plain\r\nX: y",
        "text/plain; name=a",
        "multipart/mixed",
        "message/rfc822",
    ],
)
def test_a_type_that_is_no_type_of_a_file_is_refused(kind: str) -> None:
    with pytest.raises(ValidationError, match="content_type"):
        given(file("a.pdf", kind))


@pytest.mark.parametrize("content", ["не base64", "YQ", "YQ==\n!", 5, None])
def test_content_that_is_not_base64_is_refused(content: Any) -> None:
    with pytest.raises(ValidationError, match="content"):
        given({**file(), "content": content})


def test_more_than_five_files_are_refused() -> None:
    assert len(given(*[file()] * 5)) == 5
    with pytest.raises(ValidationError, match="at most 5"):
        given(*[file()] * 6)


def test_the_limit_is_for_all_files_together() -> None:
    half = file(content=bytes(attachments.LARGEST_TOGETHER // 2))
    assert len(given(half, half)) == 2
    with pytest.raises(ValidationError, match=f"at most {attachments.LARGEST_TOGETHER} are allowed"):
        given(half, half, file())


def test_the_api_describes_the_content_as_base64() -> None:
    shape = FIELD.json_schema()["$defs"]["GivenAttachment"]["properties"]["content"]
    assert shape["contentEncoding"] == "base64"
