"""A refusal in Slack's own words."""

from typing import Any


class SlackError(Exception):
    """Slack says no: `name` is its error name, `messages` say what is wrong and where."""

    def __init__(self, name: str, *messages: str, **extra: Any) -> None:
        super().__init__(name, *messages)
        self.name = name
        self.messages = list(messages)
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        """The body of the answer (HTTP 200, `ok` false)."""
        body = {"ok": False, "error": self.name, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body
