"""A letter becomes as few calls of the Bot API as possible, and only the first of them says anything."""

from functions.send_telegram.parcels import packed
from lib.domain.outcomes import Attachment, Button


def png(width: int = 640, height: int = 480, size: int = 33) -> bytes:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return head.ljust(size, b"\0")


PHOTO = Attachment("a.png", "image/png", png())
FILE = Attachment("a.pdf", "application/pdf", b"%PDF-1.7")
ROWS = ((Button("Понятно", data="x"),),)
LONG = "я" * 1025


def shapes(*args: object) -> list[tuple[str, int, bool, bool]]:
    """(kind, files, says something, has buttons) of each call."""
    return [
        (each.kind if each.files else "text", len(each.files), bool(each.html), bool(each.buttons))
        for each in packed(*args)  # type: ignore[arg-type]
    ]


def test_words_alone_are_one_text() -> None:
    assert shapes("Привет", (), ROWS) == [("text", 0, True, True)]


def test_one_file_takes_the_words_and_the_buttons_along() -> None:
    assert shapes("Привет", (PHOTO,), ROWS) == [("photo", 1, True, True)]
    assert shapes("Привет", (FILE,), ROWS) == [("document", 1, True, True)]


def test_several_are_one_album() -> None:
    assert shapes("Привет", (PHOTO,) * 3, ()) == [("photo", 3, True, False)]


def test_photos_beside_documents_become_documents_so_that_it_stays_one_call() -> None:
    assert shapes("Привет", (PHOTO, FILE), ()) == [("document", 2, True, False)]


def test_an_album_has_no_buttons_so_the_words_go_first() -> None:
    assert shapes("Привет", (FILE, FILE), ROWS) == [("text", 0, True, True), ("document", 2, False, False)]


def test_words_too_long_for_a_caption_go_first() -> None:
    assert shapes(LONG, (PHOTO,), ()) == [("text", 0, True, False), ("photo", 1, False, False)]


def test_markup_does_not_count_as_length() -> None:
    assert len(packed(f"<b>{LONG[:1024]}</b>", (PHOTO,), ())) == 1


def test_more_than_ten_files_are_several_albums() -> None:
    assert [each[1] for each in shapes("Привет", (FILE,) * 12, ())] == [10, 2]


def test_a_picture_that_telegram_would_not_take_as_a_photo_is_a_document() -> None:
    for content in (png(10, 201), png(9000, 1001), png(size=10 * 1024 * 1024 + 1), b"GIF89a"):
        assert shapes("x", (Attachment("a.png", "image/png", content),), ())[0][0] == "document"
