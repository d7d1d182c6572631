"""The peer of `benchmarks.price_round`: Scrapy, reading the same from the same pages.

Run by a Python that has Scrapy; it is no dependency of ours.

    PYTHON benchmarks/scrapy_peer.py FILE-OF-ADDRESSES
"""

import json
import resource
import sys
import time
from pathlib import Path

import scrapy  # type: ignore[import-not-found]
from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found]

FOUND: dict[str, str] = {}


class Offers(scrapy.Spider):  # type: ignore[misc]
    """Title, price in sight, and the JSON-LD's price, currency and availability."""

    name = "offers"
    urls = Path(sys.argv[1]).read_text(encoding="utf-8").split() if sys.argv[1:] else []

    async def start(self):  # type: ignore[no-untyped-def]
        """Ask for every address."""
        for url in self.urls:
            yield scrapy.Request(url)

    def parse(self, response):  # type: ignore[no-untyped-def]
        """Keep what the page says."""
        data = json.loads(response.css('script[type="application/ld+json"]::text').get())
        seen = response.css(".price::text").get()
        title = response.css("h1::text").get()
        if seen and title and data["offers"]["priceCurrency"] == "USD":
            FOUND[response.url] = data["offers"]["price"]


def main() -> None:
    """Crawl, and print what `benchmarks.price_round` compares."""
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": 32,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": True,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Offers)
    began, cpu = time.perf_counter(), time.process_time()
    process.start()
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - began,
                "cpu": time.process_time() - cpu,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "found": FOUND,
            }
        )
    )


if __name__ == "__main__":
    main()
