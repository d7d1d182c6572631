"""The words of a service in ours; a word we do not know is kept as it is, and told once."""

from collections.abc import Mapping

from core.ledger.feeds import UNKNOWN


class Words(dict[str, str]):
    """A service's words → ours, matched without regard to case."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__({theirs.lower(): ours for theirs, ours in words.items()})

    def ours(self, theirs: object) -> str | None:
        """Return our word, `unknown:<theirs>` for one we do not know; None for none."""
        if theirs is None or theirs == "":
            return None
        return self.get(str(theirs).lower(), f"{UNKNOWN}{theirs}")
