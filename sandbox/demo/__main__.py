"""`python -m sandbox.demo --out DIR`: write the demo store's files."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from sandbox.demo.files import write_store
from sandbox.demo.scene import Scene
from sandbox.demo.store import build


def main() -> None:
    """Read the command line and write the files; exit 2 with one line on wrong use."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--today",
        type=_moment,
        default=datetime.now(UTC).replace(microsecond=0),
        metavar="MOMENT",
        help="ISO 8601 with offset, like 2026-11-22T08:00:00Z; default: now",
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--shop-url", default="http://127.0.0.1:8030/shop/", metavar="URL")
    args = parser.parse_args()
    scene = Scene(args.today, args.seed, args.shop_url.rstrip("/") + "/")
    try:
        write_store(build(scene), args.out)
    except OSError as error:
        parser.error(f"--out {args.out}: {error.strerror}; name a folder that can be written")


def _moment(text: str) -> datetime:
    problem = f"{text!r} is not a moment with its offset, like 2026-11-22T08:00:00Z"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(problem) from error
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(problem)
    return moment.astimezone(UTC).replace(microsecond=0)


if __name__ == "__main__":
    main()
