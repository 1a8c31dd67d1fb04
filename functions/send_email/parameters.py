"""Parameters of MIME headers, such as the name of a file, in any script (RFC 2231)."""

from urllib.parse import quote

# So that a line with its name and number stays below 78 characters.
LONGEST_PIECE = 54


def parameter(name: str, value: str) -> list[str]:
    """`name="value"` when the value is plain ASCII, otherwise its pieces in percent signs, one a line."""
    if value.isascii() and len(value) <= LONGEST_PIECE and '"' not in value and "\\" not in value:
        return [f'{name}="{value}"']
    first, *more = _pieces(value)
    if not more:
        return [f"{name}*=utf-8''{first}"]
    return [
        f"{name}*0*=utf-8''{first}",
        *(f"{name}*{number}*={piece}" for number, piece in enumerate(more, start=1)),
    ]


def _pieces(value: str) -> list[str]:
    """Cut between characters only: some readers decode each piece by itself."""
    pieces = [""]
    for character in value:
        coded = quote(character, safe="")
        if len(pieces[-1]) + len(coded) > LONGEST_PIECE:
            pieces.append("")
        pieces[-1] += coded
    return pieces
