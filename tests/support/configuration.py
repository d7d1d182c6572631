"""What loading a configuration complains about."""

from pathlib import Path
from typing import Any

import pytest

from core.configuration import ConfigurationError, load
from jobs.registry import configuration
from tests.conftest import CONFIG

SHIPPED = CONFIG.read_text(encoding="utf-8")


def problems(
    path: Path, content: str | bytes, overrides: dict[str, Any] | None = None
) -> list[str]:
    """What loading `content` complains about, with `F` for the file's name."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigurationError) as caught:
        load(path, configuration(), overrides)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return [problem.replace(str(path), "F") for problem in caught.value.problems]
