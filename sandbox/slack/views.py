"""The views that people have open: a stack of modals each, and their Home tabs."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox.changes import Changes
from sandbox.json_object import Json
from sandbox.slack.block_kit import accept_view
from sandbox.slack.errors import SlackError
from sandbox.slack.triggers import Triggers
from sandbox.slack.workspace import APP_ID, BOT_ID, TEAM_ID

MAX_STACK = 3


@dataclass
class OpenView:
    """A view that is open before `user`."""

    user: str
    content: Json
    root_id: str | None = None
    previous_id: str | None = None
    id: str = field(default_factory=lambda: "V0" + uuid4().hex[:9].upper())
    hash: str = field(default_factory=lambda: uuid4().hex)

    def as_slack(self) -> Json:
        """The view as Slack's view object."""
        defaults: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "title": None,
            "close": None,
            "submit": None,
        }
        return {
            **defaults,
            **self.content,
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": TEAM_ID,
            "root_view_id": self.root_id or self.id,
            "previous_view_id": self.previous_id,
            "hash": self.hash,
            "state": {"values": {}},
        }

    def replace(self, content: Json) -> None:
        """Show something else in the same place."""
        self.content = content
        self.hash = uuid4().hex


class Views:
    """All open views."""

    def __init__(self, triggers: Triggers, changes: Changes) -> None:
        self._triggers = triggers
        self._changes = changes
        self._modals: dict[str, list[OpenView]] = {}
        self._homes: dict[str, OpenView] = {}

    def modals(self, user: str) -> list[OpenView]:
        """The person's modals, the visible one last."""
        return self._modals.get(user, [])

    def home(self, user: str) -> OpenView | None:
        """The person's Home tab, if the app has published one."""
        return self._homes.get(user)

    def open(self, trigger_id: str, view: Any) -> OpenView:
        """Open a modal in place of those that are open.

        Raises:
            SlackError: the view or the trigger id is refused.
        """
        trigger = self._triggers.check(trigger_id)
        content = self._new_modal(view)
        trigger.used = True
        self._modals[trigger.user] = []
        return self.stack(trigger.user, content)

    def push(self, trigger_id: str, view: Any) -> OpenView:
        """Open a modal over the one whose trigger id this is.

        Raises:
            SlackError: the view or the trigger id is refused, or three are open already.
        """
        trigger = self._triggers.check(trigger_id)
        if trigger.modal is None:
            raise SlackError("invalid_trigger_id")
        content = self._new_modal(view)
        opened = self.stack(trigger.user, content)
        trigger.used = True
        return opened

    def stack(self, user: str, content: Json) -> OpenView:
        """Put an accepted modal on top of the person's others.

        Raises:
            SlackError: `push_limit_reached`.
        """
        modals = self._modals.setdefault(user, [])
        if len(modals) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        view = OpenView(user, content)
        if modals:
            view.root_id, view.previous_id = modals[0].id, modals[-1].id
        modals.append(view)
        self._changes.tell("view")
        return view

    def update(self, view: OpenView, content: Json, view_hash: str = "") -> OpenView:
        """Show accepted content in an open view.

        Raises:
            SlackError: `hash_conflict`, the view is no longer the one the app has seen.
        """
        if view_hash not in ("", view.hash):
            raise SlackError("hash_conflict")
        view.replace(content)
        self._changes.tell("home" if content["type"] == "home" else "view")
        return view

    def publish(self, user: str, view: Any, view_hash: str = "") -> OpenView:
        """Show a Home tab to a person.

        Raises:
            SlackError: the view is refused, or `hash_conflict`.
        """
        content = accept_view(view, "home")
        home = self._homes.get(user)
        if home is None:
            home = self._homes[user] = OpenView(user, content)
        return self.update(home, content, view_hash)

    def find(self, view_id: str = "", external_id: str = "") -> OpenView:
        """The open view with this id, or with the app's own id for it.

        Raises:
            SlackError: `not_found`.
        """
        for view in self._all():
            if view_id and view.id == view_id:
                return view
            if external_id and view.content.get("external_id") == external_id:
                return view
        raise SlackError("not_found")

    def close(self, view: OpenView) -> None:
        """Close a modal."""
        self._modals[view.user].remove(view)
        self._changes.tell("view")

    def close_all(self, user: str) -> None:
        """Close all modals of a person."""
        self._modals.pop(user, None)
        self._changes.tell("view")

    def clear(self) -> None:
        """Forget all views."""
        self._modals.clear()
        self._homes.clear()

    def _all(self) -> list[OpenView]:
        modals = [view for stack in self._modals.values() for view in stack]
        return [*modals, *self._homes.values()]

    def _new_modal(self, view: Any) -> Json:
        content = accept_view(view, "modal")
        external_id = content.get("external_id")
        if external_id and any(v.content.get("external_id") == external_id for v in self._all()):
            raise SlackError("duplicate_external_id")
        return content
