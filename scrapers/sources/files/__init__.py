"""A watched folder: what people put in is imported once, moved away, and told in Slack.

Marketplaces and ERPs without an interface have an export: this is the connector for those.
"""

from scrapers.api.service import Service
from scrapers.sources.files.looking import look, probe
from scrapers.sources.files.settings import Settings

SERVICE = Service(settings=Settings, feeds={"folder": look}, probe=probe)
