"""How well the price reader reads saved pages that nobody here chose, and how long a page takes.

The pages are those of the PyPI source package formasaurus 0.10.0 (hundreds of sites, 2014 to
2016): DATA is its folder `formasaurus/data`, with `index.json` and `html/`. What they offer stands
in `price_truth.json` as a person read it; pages that it does not name offer nothing, and those that
a person could not decide on are left out.

    python -m benchmarks.price_reading DATA [--wrong] [--part 0/2]

A price counts as right when both ends are equal, in the page's currency or in none; a price where
the truth is null is wrong. Availability is judged where it is stated.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from scrapers.offer import Offer, read_offer

LARGE = 350_000
"""Bytes of a large page; reading one is to take 60 ms of CPU at most."""
TRUTH = Path(__file__).with_name("price_truth.json")


@dataclass(frozen=True)
class Reading:
    """One page: what a person read, what the reader read, its bytes, its CPU milliseconds."""

    truth: dict[str, Any]
    offer: Offer
    size: int
    milliseconds: float


def truths(data: Path) -> list[dict[str, Any]]:
    """What each page offers: `file`, `url`, and the values; None is what it does not say."""
    known = json.loads(TRUTH.read_text(encoding="utf-8"))
    index = json.loads((data / "index.json").read_text(encoding="utf-8"))
    nothing = dict.fromkeys(("price", "price_max", "currency", "availability"))
    return [
        {"file": file, "url": page["url"], **nothing, **known["offers"].get(Path(file).name, {})}
        for file, page in index.items()
        if Path(file).name not in known["unclear"]
    ]


def readings(data: Path, known: list[dict[str, Any]]) -> Iterator[Reading]:
    for truth in known:
        body = (data / truth["file"]).read_bytes()
        started = time.process_time()
        offer = read_offer(body, truth["url"])
        yield Reading(truth, offer, len(body), (time.process_time() - started) * 1000)


def price_of(reading: Reading) -> str:
    """right, wrong, missed or (rightly) none."""
    offer, truth = reading.offer, reading.truth
    asked = tuple(Decimal(truth[key]) if truth[key] else None for key in ("price", "price_max"))
    if offer.price is None:
        return "missed" if asked[0] else "none"
    same_currency = offer.currency in {truth["currency"], None}
    return "right" if (offer.price, offer.price_max) == asked and same_currency else "wrong"


def availability_of(reading: Reading) -> str:
    """right, wrong, missed or none."""
    said = None if reading.offer.availability == "unknown" else reading.offer.availability
    stated = reading.truth["availability"]
    if said is None:
        return "missed" if stated else "none"
    return "right" if said == stated else "wrong"


def figures(counts: Counter[str]) -> str:
    right, wrong, missed = counts["right"], counts["wrong"], counts["missed"]
    precision = right / max(1, right + wrong)
    recall = right / max(1, right + missed + counts["mistaken"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}  {dict(counts)}"


def counted(read: list[Reading], judge: Any, field: str) -> Counter[str]:
    """Counts of verdicts; `mistaken` are wrong ones where there was something to read."""
    counts = Counter(judge(each) for each in read)
    counts["mistaken"] = sum(judge(each) == "wrong" and bool(each.truth[field]) for each in read)
    return counts


def shown(reading: Reading) -> str:
    offer, truth = reading.offer, reading.truth
    asked = [truth[key] for key in ("price", "price_max", "currency", "availability")]
    got = [offer.price, offer.price_max, offer.currency, offer.availability, offer.kind]
    return f"{truth['file']}: is {asked}, read {[str(each) for each in got]} {offer.certainty}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list the pages read wrong")
    parser.add_argument("--part", default="0/1", help="every nth page, such as 0/2 or 1/2")
    options = parser.parse_args()
    which, parts = (int(number) for number in options.part.split("/"))
    read = list(readings(options.data, truths(options.data)[which::parts]))
    if options.wrong:
        bad = {"wrong", "missed"}
        print(*(shown(r) for r in read if {price_of(r), availability_of(r)} & bad), sep="\n")
    times = sorted(each.milliseconds for each in read)
    print(
        f"{len(read)} pages, {sum(each.truth['price'] is not None for each in read)} with a price"
    )
    print("price       ", figures(counted(read, price_of, "price")))
    print("availability", figures(counted(read, availability_of, "availability")))
    print(
        f"ms CPU a page: median {times[len(times) // 2]:.1f}, "
        f"95 % {times[int(len(times) * 0.95)]:.1f}, longest {times[-1]:.1f}"
    )
    large = sorted(each.milliseconds for each in read if each.size > LARGE)
    print(f"of {len(large)} pages above {LARGE:,} bytes: median {large[len(large) // 2]:.1f}")


if __name__ == "__main__":
    main()
