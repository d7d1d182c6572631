"""The shape of everything that goes over the wire."""

from typing import Any

Json = dict[str, Any]
