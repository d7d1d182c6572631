"""A competitor's shop, VoltTrail, with pages as good shops carry them and as bad days show them."""

from sandbox.shop.web import routes

__all__ = ["routes"]
