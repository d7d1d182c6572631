"""Everything the workspace's methods work on, in one place."""

from dataclasses import dataclass, field

from sandbox.changes import Changes
from sandbox.slack.files import Files
from sandbox.slack.manifest import Manifest
from sandbox.slack.messages import Messages
from sandbox.slack.posting import Poster
from sandbox.slack.rate import MessageRate
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.team import harbor_lane
from sandbox.slack.triggers import ResponseUrls, Triggers
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace


@dataclass
class SlackState:
    """The workspace and what has happened in it."""

    changes: Changes
    sockets: Sockets
    rate: MessageRate
    base_url: str = ""
    workspace: Workspace = field(default_factory=harbor_lane)
    messages: Messages = field(default_factory=Messages)
    files: Files = field(default_factory=Files)
    manifest: Manifest = field(default_factory=Manifest)
    triggers: Triggers = field(default_factory=Triggers)
    response_urls: ResponseUrls = field(default_factory=ResponseUrls)

    def __post_init__(self) -> None:
        self.poster = Poster(self.messages, self.changes)
        self.views = Views(self.triggers, self.changes)

    def stands_at(self, base_url: str) -> None:
        """Learn the address the sandbox is reached at, without a slash at its end."""
        self.base_url = base_url
        for part in (self.files, self.response_urls, self.sockets):
            part.base_url = base_url

    def clear(self) -> None:
        """Forget what was said, shown and uploaded; people, channels and the app stay."""
        self.messages.clear()
        self.views.clear()
        self.files.clear()
