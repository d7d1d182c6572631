"""Slack as an app and its people meet it: Web API, Socket Mode, signed HTTP, Block Kit."""
