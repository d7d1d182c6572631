"""Pages that answer 200 but are no product: captchas, log-ins, consent walls, gone products.

Markers of shop platforms and bot walls as seen on saved pages; a block page often repeats the
asked address and even a product's name, so it is looked for before anything else.
"""

from __future__ import annotations

import re

from scrapers.page.document import Document
from scrapers.page.model import Kind

# Stand only on a wall itself: the wall's own element, form or script address. Plain words, not a
# pattern: they are looked for in every page, and a substring is found twenty times faster.
_WALL = (
    "<punish-component",
    "_____tmd_____",
    "x5secdata",
    "sufei-punish",
    "AWSC/CAPTCHA",
    "/errors/validateCaptcha",
    "captcha-delivery.com",
    'id="px-captcha',
    "CWUDNSAI",
    'id="challenge-form',
    'id="challenge-running',
    'id="challenge-error-text',
    "cf_chl_opt",
    "_Incapsula_Resource",
    "errors.edgesuite.net",
    "AwsWafIntegration",
    "Access to this page has been denied",
    "霸下通用",
)
# Stand on walls and, sometimes, in scripts of healthy pages.
_WALL_HINT = (
    "rgv587_flag",
    "Enter the characters you see below",
    "erify you are human",
    "erify that you are human",
    "unusual traffic from your",
    "g-recaptcha",
    "h-captcha",
    "滑动验证",
    "请按住滑块",
    "请完成验证",
)
_WALL_TITLE = re.compile(
    r"^\W*(?:just a moment|attention required|robot check|captcha|pardon our interruption"
    r"|access (?:to this page has been )?denied|security check|are you (?:a robot|human)"
    r"|(?:bot|human) verification|verify(?:ing)? you are|request (?:blocked|unsuccessful)"
    r"|ddos protection|un momento|nur einen moment|un instant|один момент|请稍候|验证码|安全验证"
    r"|访问验证|人机验证|sorry! something went wrong)",
    re.IGNORECASE,
)
_GONE_TITLE = re.compile(
    r"^\s*(?:404|410)\b(?!\s+\w+\s+\w+\s+\w+)|page (?:was )?not found|no longer available"
    r"|product (?:is )?not (?:available|found)|(?:listing|item) (?:has )?(?:was )?ended"
    r"|(?:couldn['’]t|could not|can['’]t) find (?:that|the|this) (?:page|product|item)"
    r"|error 404|404 error|seite (?:wurde )?nicht gefunden"
    r"|artikel nicht (?:gefunden|mehr verfügbar)"
    r"|page introuvable|página no encontrada|pagina non trovata|página não encontrada"
    r"|pagina niet gevonden|nie znaleziono strony|stránka nenalezena|sidan hittades inte"
    r"|страница не найдена|ページが見つかりません"
    r"|商品不存在|商品已下架|已下架|页面不存在|宝贝不存在",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"^\s*(?:(?:please )?(?:log|sign)[ -]?in\b|anmelden|einloggen|登录|登入|请登录|iniciar sesión"
    r"|connexion|accedi\b|entrar\b|aanmelden|zaloguj|přihlášení|вход\b|авторизация|ログイン)",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|passport|ap/signin)\b|//(?:login|passport|signin)\.", re.IGNORECASE
)
_CONSENT = re.compile(
    r"before you continue|your privacy choices|cookie (?:consent|settings|preferences)"
    r"|we value your privacy|consent required|datenschutzeinstellungen|confirm you are over"
    r"|age verification|are you over (?:18|21)"
    r"|(?:choose|select) your (?:country|region|location|store)|select a (?:country|region)",
    re.IGNORECASE,
)
# A shop's own page, with the log-in form that many have in a corner.
_SHOP = ("basket", "warenkorb", "panier", "carrito", "carrello", "koszyk", "корзин")
_CART = re.compile(r"cart(?<!\wcart)(?!\w)")
_KIND_OF_STATUS: dict[int, Kind] = {401: "login", 404: "not_found", 410: "not_found"}

WALL_SIZE = 32_768
"""How much of a page is looked at for a wall: it stands in the page's place, and is small."""


def wall(document: Document) -> Kind | None:
    """The kind of a page that is surely no product, whatever prices stand on it."""
    if is_captcha(document):
        return "captcha"
    if _GONE_TITLE.search(document.title) or _GONE_TITLE.search(document.heading):
        return "not_found"
    return None


def is_captcha(document: Document) -> bool:
    """Whether the page asks for a proof of being human instead of showing anything."""
    head = document.html[:WALL_SIZE]
    return any(mark in head for mark in _WALL) or bool(_WALL_TITLE.search(document.title))


def excuse(document: Document) -> Kind:
    """Why a page without a product has none; `no_product` when it shows no known reason.

    `consent` is whatever a shop asks before it shows anything: cookies, age, the country.
    """
    if any(mark in document.html for mark in _WALL_HINT):
        return "captcha"
    host = document.host
    if host.startswith("consent.") or _CONSENT.search(f"{document.title} {document.heading}"):
        return "consent"
    if _LOGIN_TITLE.search(document.title) or _LOGIN_PATH.search(document.url):
        return "login"
    if document.tree.css_first("input[type='password']") and not _is_shop(document.html.lower()):
        return "login"
    return "no_product"


def _is_shop(html: str) -> bool:
    return any(word in html for word in _SHOP) or bool(_CART.search(html))


def kind_of_status(status: int) -> Kind | None:
    """The kind an HTTP status alone decides: gone (404, 410) or asking who we are (401)."""
    return _KIND_OF_STATUS.get(status)
