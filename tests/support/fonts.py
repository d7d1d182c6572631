"""A machine whose only fonts are those that come with matplotlib."""

from pathlib import Path

import pytest
from matplotlib.font_manager import FontManager, json_dump


def without_chinese(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes that are started from now on read a list of fonts without Chinese ones."""
    manager = FontManager()
    manager.ttflist = [font for font in manager.ttflist if font.name.startswith("DejaVu")]
    json_dump(manager, folder / f"fontlist-v{FontManager.__version__}.json")
    monkeypatch.setenv("MPLCONFIGDIR", str(folder))
