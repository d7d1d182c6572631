"""The Web API's methods, by name."""

from sandbox.slack.methods import apps, chat, conversations, files, reactions, users, views
from sandbox.slack.methods.method import Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **users.METHODS,
    **views.METHODS,
}
