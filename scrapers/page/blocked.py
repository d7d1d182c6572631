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
    r"^(?:just a moment|attention required|robot check|captcha|pardon our interruption"
    r"|access denied|security check|are you a robot|bot verification|验证码|安全验证)",
    re.IGNORECASE,
)
_GONE_TITLE = re.compile(
    r"^\s*(?:404|410)\b(?!\s+\w+\s+\w+\s+\w+)|page (?:was )?not found|no longer available"
    r"|product (?:is )?not (?:available|found)|seite nicht gefunden|page introuvable"
    r"|página no encontrada|商品不存在|商品已下架|页面不存在|宝贝不存在",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"^\s*(?:(?:please )?(?:log|sign)[ -]?in\b|anmelden|登录|登入|iniciar sesión|connexion)",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|passport|ap/signin)\b|//(?:login|passport|signin)\.", re.IGNORECASE
)
_CONSENT = re.compile(
    r"before you continue|your privacy choices|cookie (?:consent|settings|preferences)"
    r"|we value your privacy|consent required|datenschutzeinstellungen|confirm you are over",
    re.IGNORECASE,
)
_KIND_OF_STATUS: dict[int, Kind] = {401: "login", 404: "not_found", 410: "not_found"}


def wall(document: Document) -> Kind | None:
    """The kind of a page that is surely no product, whatever prices stand on it."""
    if is_captcha(document):
        return "captcha"
    if _GONE_TITLE.search(document.title) or _GONE_TITLE.search(document.heading):
        return "not_found"
    return None


def is_captcha(document: Document) -> bool:
    """Whether the page asks for a proof of being human instead of showing anything."""
    return any(mark in document.html for mark in _WALL) or bool(_WALL_TITLE.search(document.title))


def excuse(document: Document) -> Kind:
    """Why a page without a product has none; `no_product` when it shows no known reason."""
    if any(mark in document.html for mark in _WALL_HINT):
        return "captcha"
    host = document.host
    if host.startswith("consent.") or _CONSENT.search(f"{document.title} {document.heading}"):
        return "consent"
    if _LOGIN_TITLE.search(document.title) or _LOGIN_PATH.search(document.url):
        return "login"
    if document.tree.css_first("input[type='password']"):
        return "login"
    return "no_product"


def kind_of_status(status: int) -> Kind | None:
    """The kind an HTTP status alone decides: gone (404, 410) or asking who we are (401)."""
    return _KIND_OF_STATUS.get(status)
