"""Reads one chart as JSON and writes it as PNG; see `bot.charts.draw`."""

import sys

from bot.charts import CHART, NO_FONT, History
from bot.charts.fonts import MissingFont
from bot.charts.history import draw_history
from bot.charts.radar import draw_radar


def main() -> int:
    """Draw what stands on standard input. Exit code NO_FONT: not in this language."""
    chart = CHART.validate_json(sys.stdin.buffer.read())
    try:
        picture = draw_history(chart) if isinstance(chart, History) else draw_radar(chart)
    except MissingFont as missing:
        print(missing, file=sys.stderr)  # noqa: T201  (for the process that asked)
        return NO_FONT
    sys.stdout.buffer.write(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
