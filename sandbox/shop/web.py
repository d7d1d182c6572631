"""The shop over HTTP: its pages, its feeds, and the control the sandbox's page uses."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from aiohttp import web

from sandbox.shop import feeds, pages
from sandbox.shop.catalogue import Mode, Product, catalogue
from sandbox.shop.edits import EditError, edited, edited_mode

ROBOTS = "User-agent: *\nAllow: /shop/\nDisallow: /sandbox/\nCrawl-delay: 1\n"
SLOW_SECONDS = 8.0


def routes(changed: Callable[[], None]) -> list[web.RouteDef]:
    """Open a shop and give its routes; `changed` is called after each edit."""
    shop = _Shop(changed)
    return [
        web.get("/robots.txt", _robots),
        web.get("/shop/robots.txt", _robots),
        web.get("/shop/", shop.storefront),
        web.get("/shop/products.json", shop.product_feed),
        web.get(r"/shop/products/{handle:[a-z0-9-]+}.js", shop.product_js),
        web.get("/shop/products/{handle}", shop.product),
        web.get("/shop/pictures/{handle}.svg", shop.picture),
        web.get("/sandbox/shop", shop.show),
        web.patch("/sandbox/shop", shop.set_mode),
        web.patch("/sandbox/shop/{handle}", shop.edit),
    ]


@dataclass
class _Shop:
    changed: Callable[[], None]
    products: dict[str, Product] = field(
        default_factory=lambda: {product.handle: product for product in catalogue()}
    )
    mode: Mode = "normal"

    async def storefront(self, request: web.Request) -> web.StreamResponse:
        if refusal := await _refusal(self.mode, request):
            return refusal
        return _page(request, pages.list_page(self._in_view()), self.mode)

    async def product(self, request: web.Request) -> web.StreamResponse:
        product = self._asked(request)
        if refusal := await _refusal(product.mode, request):
            return refusal
        html = pages.product_page(product, self._related(product), _origin(request))
        return _page(request, html, product.mode)

    async def product_js(self, request: web.Request) -> web.StreamResponse:
        product = self._asked(request)
        if refusal := await _refusal(product.mode, request):
            return refusal
        return web.json_response(feeds.shopify_js(product, _picture_url(request, product)))

    async def product_feed(self, request: web.Request) -> web.StreamResponse:
        if refusal := await _refusal(self.mode, request):
            return refusal
        limit = min(_whole(request, "limit", 30), 250)
        start = (_whole(request, "page", 1) - 1) * limit
        shown = self._in_view()[start : start + limit]
        items = [feeds.shopify_list_item(each, _picture_url(request, each)) for each in shown]
        return web.json_response({"products": items})

    async def picture(self, request: web.Request) -> web.Response:
        svg = pages.picture(self._stored(request))
        return web.Response(text=svg, content_type="image/svg+xml")

    async def show(self, request: web.Request) -> web.Response:
        products = [
            feeds.control_view(product, f"{_origin(request)}/shop/products/{product.handle}")
            for product in self.products.values()
        ]
        return web.json_response({"products": products, "mode": self.mode})

    async def edit(self, request: web.Request) -> web.Response:
        product = self._stored(request)
        try:
            self.products[product.handle] = edited(product, await request.read())
        except EditError as error:
            return _bad_request(error)
        self.changed()
        return await self.show(request)

    async def set_mode(self, request: web.Request) -> web.Response:
        try:
            self.mode = edited_mode(await request.read())
        except EditError as error:
            return _bad_request(error)
        self.changed()
        return await self.show(request)

    def _stored(self, request: web.Request) -> Product:
        handle = request.match_info["handle"]
        if handle not in self.products:
            raise web.HTTPNotFound(text=f"{handle}: the shop has no such product\n")
        return self.products[handle]

    def _asked(self, request: web.Request) -> Product:
        return self._seen(self._stored(request))

    def _seen(self, product: Product) -> Product:
        """The product as a visitor meets it: the shop's mode goes before the product's."""
        mode = product.mode if self.mode == "normal" else self.mode
        availability = "out_of_stock" if mode == "sold_out" else product.availability
        return replace(product, mode=mode, availability=availability)

    def _in_view(self) -> list[Product]:
        seen = [self._seen(product) for product in self.products.values()]
        return [product for product in seen if product.mode not in ("gone", "not_found")]

    def _related(self, product: Product) -> list[Product]:
        others = [
            other
            for other in self._in_view()
            if other.kind == product.kind and other.handle != product.handle
        ]
        return others[:3]


async def _refusal(mode: Mode, request: web.Request) -> web.Response | None:
    """What stands in the way of the page in this mode, if anything."""
    if mode == "slow":
        await asyncio.sleep(SLOW_SECONDS)
    if mode == "captcha":
        return _html(pages.captcha_page(request.path))
    if mode == "login":
        return _html(pages.login_page(request.path))
    if mode == "not_found":
        return _html(pages.not_available_page(str(request.url)))
    if mode == "gone":
        return web.Response(status=404, text="404: this page is gone\n")
    if mode == "error500":
        return web.Response(status=500, text="500: the shop has trouble\n")
    return None


def _page(request: web.Request, html: str, mode: Mode) -> web.Response:
    """Answer with the page, or with 304 when the visitor already has it (RFC 9110, 13.1.2)."""
    body = html.encode("gb18030" if mode == "garbled" else "utf-8")
    etag = hashlib.sha256(body).hexdigest()[:32]
    known = {tag.value for tag in request.if_none_match or ()}
    response = web.Response(status=304) if known & {etag, "*"} else _html(body)
    response.etag = etag
    response.headers["Cache-Control"] = "no-cache"
    return response


def _html(body: str | bytes) -> web.Response:
    content = body.encode() if isinstance(body, str) else body
    return web.Response(body=content, content_type="text/html", charset="utf-8")


def _bad_request(error: EditError) -> web.Response:
    return web.json_response({"ok": False, "error": str(error)}, status=400)


def _origin(request: web.Request) -> str:
    return str(request.url.origin())


def _picture_url(request: web.Request, product: Product) -> str:
    return f"{_origin(request)}/shop/pictures/{product.handle}.svg"


def _whole(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return max(int(text), 1) if text.isdecimal() else default


async def _robots(_request: web.Request) -> web.Response:
    return web.Response(text=ROBOTS)
