"""Whatever an app sends, it is accepted or refused in the service's own words."""

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.block_kit import accept_blocks, accept_view
from sandbox.slack.errors import SlackError
from sandbox.slack.manifest import Manifest
from sandbox.slack.posting import accept_content, accept_metadata
from sandbox.whatsapp_message import WhatsAppError, accept_message

WORDS = [
    "type",
    "text",
    "elements",
    "element",
    "options",
    "value",
    "fields",
    "accessory",
    "blocks",
    "title",
    "submit",
    "section",
    "actions",
    "button",
    "static_select",
    "plain_text",
    "mrkdwn",
    "input",
    "label",
    "modal",
    "home",
    "rich_text",
    "template",
    "language",
    "components",
    "parameters",
    "event_type",
    "event_payload",
    "features",
    "slash_commands",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6)
    ),
    max_leaves=15,
)


@given(ANYTHING)
def test_blocks(blocks: Any) -> None:
    with suppress(SlackError):
        assert len(accept_blocks(blocks)) == len(blocks)


@given(ANYTHING)
def test_views(view: Any) -> None:
    with suppress(SlackError):
        assert accept_view(view, "modal")["type"] == "modal"


@given(ANYTHING, ANYTHING)
def test_the_rest_of_a_message(attachments: Any, metadata: Any) -> None:
    with suppress(SlackError):
        accept_content("text", None, attachments)
    with suppress(SlackError):
        accept_metadata(metadata)


@given(ANYTHING)
def test_whatsapp_messages(body: Any) -> None:
    with suppress(WhatsAppError):
        accept_message(body)


@given(st.dictionaries(st.sampled_from(["features", "settings", "oauth_config"]), ANYTHING))
def test_manifests(content: Any) -> None:
    with suppress(ValueError):
        Manifest().register(content)
