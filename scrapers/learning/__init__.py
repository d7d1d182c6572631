"""Drafting a map of an unknown export (`watchkeeper import --learn`)."""

from scrapers.learning.draft import Draft, as_yaml
from scrapers.learning.learn import learn

__all__ = ["Draft", "as_yaml", "learn"]
