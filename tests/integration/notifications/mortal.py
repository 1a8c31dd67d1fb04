"""A real channel whose process dies at one of its steps."""

from collections.abc import Callable

from lib.domain.outcomes import Carrier, Letter, Receipt

DEATHS = ("before", "handed_over", "accepted")


class Killed(BaseException):
    """The process is gone: nothing that comes after this is carried out."""


class Mortal:
    """A real carrier whose process dies at one of its steps."""

    def __init__(self, carrier: Carrier, dies: str | None) -> None:
        self.channel, self._carrier, self._dies = carrier.channel, carrier, dies

    def send(self, letter: Letter, point_of_no_return: Callable[[], None]) -> Receipt:
        def staged() -> None:
            point_of_no_return()
            if self._dies == "handed_over":
                raise Killed

        if self._dies == "before":
            raise Killed
        receipt = self._carrier.send(letter, staged)
        if self._dies == "accepted":
            raise Killed
        return receipt
