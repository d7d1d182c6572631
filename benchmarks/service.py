"""Watchkeeper's own program for the benchmarks: its commands, and settings made for them."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
WATCHKEEPER = str(Path(sys.executable).with_name("watchkeeper"))


def write_config(folder: Path, **changes: Mapping[str, Any] | Sequence[Any]) -> Path:
    """Write the repository's config.yaml with whole sections replaced; return its path."""
    yaml = YAML()
    config = yaml.load(ROOT / "config.yaml")
    config["web"]["port"] = 0  # any free one
    config.update(changes)
    path = folder / "config.yaml"
    yaml.dump(config, path)
    return path
