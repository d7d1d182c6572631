"""Eighteen competitors' shops on loopback addresses, for `benchmarks.price_round`.

A process of its own. A page is 100 to 200 KB with JSON-LD and the same price in sight; its number
decides its price, so that every answer can be checked.

    python -m benchmarks.competitors PORT
"""

import asyncio
import sys

from aiohttp import web

SHOPS = [f"127.0.0.{number}" for number in range(2, 20)]
_BLOCK = (
    '<div class="card"><a href="/c/{n}"><img src="/i/{n}.jpg" alt="item {n}"></a>'
    '<p class="text">Stackable, food safe, 350 ml, colour {n}</p></div>\n'
)
_SIZES = (100_000, 125_000, 150_000, 175_000, 200_000)


def price_of(number: int) -> str:
    """Return what a page's product costs."""
    return f"{10 + number % 900}.{number % 100:02}"


def _filler(size: int) -> str:
    return "".join(_BLOCK.format(n=n) for n in range(size // len(_BLOCK)))


_FILLERS = [_filler(size) for size in _SIZES]


def page_of(number: int) -> bytes:
    """Return a product's page."""
    price = price_of(number)
    filler = _FILLERS[number % len(_FILLERS)]
    return f"""<!doctype html><html lang="en"><head><title>Cup {number}</title>
<meta property="og:title" content="Cup {number}">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "Product",
"name": "Cup {number}", "sku": "C-{number}", "offers": {{"@type": "Offer", "price": "{price}",
"priceCurrency": "USD", "availability": "https://schema.org/InStock"}}}}</script></head>
<body><h1>Cup {number}</h1><span class="price">${price}</span>{filler}</body></html>""".encode()


async def _page(request: web.Request) -> web.Response:
    number = int(request.match_info["number"])
    etag = f'"{number}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    return web.Response(
        body=page_of(number), content_type="text/html", charset="utf-8", headers={"ETag": etag}
    )


async def _serve(port: int) -> None:
    app = web.Application()
    app.router.add_get("/p/{number}", _page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for shop in SHOPS:
        await web.TCPSite(runner, shop, port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
