"""What shops print around prices, in the languages of the markets that are watched."""

from __future__ import annotations

import re

from scrapers.page.lines import JOINT
from scrapers.page.model import Withheld


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Words just before an amount that make it another kind of amount.
_NOT_WITH = r"(?<!z )(?<!incl )(?<!incl\. )(?<!inc )(?<!inc\. )(?<!with )"
_LIST = (
    r"\bwas|\breg(?:ular)?\.?|\blist|\bmsrp|\brrp|\bsrp|\bretail|\bmarket|\bcompare at|\bold"
    r"|\boriginal|\buvp|\bstatt|\bfrüher|\bau lieu de|\bancien|\bantes|\bbežná|\bběžná"
    r"|\bpůvodní|\bpoprzednia|innych sklepach|\bstará|\bстарая|\bобычная"
    r"|原[价價]|市场价|市價|划线价|定價|定価|参考価格|정가"
)
LIST_LABEL = _of(rf"(?:{_LIST})\s*(?:price|preis|prix|cena|цена|价)?\s*[:：]?\s*\(?\s*$")
"""Ends with the name of a crossed-out price."""

ANOTHER_BEFORE = _of(
    rf"(?:{_LIST}|\bfrom|\bstarting (?:at|from)|\bas low as|\bab|\bdesde|\bà partir de|\bdès"
    r"|\bvanaf|\bfra|\bod|\bот|\bfrån"
    r"|\bsaves?|\bsavings?|\bsparen|\bušetříte|\béconomi\w+|\bahorr\w+|\bcoupon|\bvoucher of"
    r"|\bdeposit|定金|订金|\binstal\w*|\d ?[x×]|\bpayments? of|\bmonthly|\bв кредит(?: за)?"
    r"|\b(?:member|members|club|prime|plus|vip|bronze|silver|gold|platinum|diamond|subscriber)s?"
    r"|\bsubscri\w+(?: & save)?|\bs&s|\bshipp?\w*|\bdelivery|\bfreight|运费|\bversand(?:kosten)?"
    rf"|\blivraison|\benvío|\btrasporto|\bдоставка|\bfee|{_NOT_WITH}(?:\btax|\bvat)|\bsample\w*|样品\w*"
    r"|\bover|\bspend|\babove|\bunder|\bup to|\b(?:less|more) than"
    r"|\bbis zu|\bmoins de|\bmenos de|\bmeno di|\bдо|满|\bof|\bsubtotal|\btotal|\bcart"
    r"|\bbasket|\bjust for"
    r"|\bfor both|\bsum|\bgutschein|\bgift card|\bper \w+ from|\bprice range|\bwert von|\bcredit)"
    r"\s*(?:price|preis|prix|cena|цена|价)?\s*[:：]?\s*\(?\+?\s*$"
)
"""Ends with words that make the next amount no price of the product."""

ANOTHER_AFTER = _of(
    rf"[\s{JOINT}]*(?:(?:/|per) ?(?:user|seat|person)s?\b|(?:/|per|a)\s*(?:mo|month|yr|year)\b"
    r"|monthly|pro monat|par mois|al mes"
    r"|(?:m|b|tr)illion|millones|milioni|milliard|mio\b|mrd\b|млн|млрд"
    r"|down(?: payment)?\b|off\b|discount|coupon|shipping|delivery|x \d|deposit"
    r"|\(?\s*(?:/|per|pro|je|pour)\s*"
    r"(?:\d+[.,]?\d*|1|per)?\s?(?:g|kg|ml|cl|l|liter|litre|oz|fl|lb|100g|100ml)\b"
    r"|起|/?\s*sample|-tól|-től|and (?:up|above)|or (?:more|less)\b|gift card"
    r"|\+?\s*di trasporto|voucher)"
)
"""Begins with words that make the amount before it no price of the product."""

NOW = _of(r"sale|current|final|now|our-?price|special|actual|promo|offer|selling|main")
"""Names of elements that hold the price of today."""

OWN_LABEL = _of(
    r"(?:\bour|\byour|\bsale|\bspecial|\bnow|\bcurrent|\bunit|\bonly|\bcase|\bonline|\bfob)?"
    r"\s*(?:\bprice|\bpreis|\bprix|\bprecio|\bprezzo|\bpreço|\bcena|\bцена|\bár|\bpris|\bprijs"
    r"|\bfiyat|\bkaina|\bcijena|\bpreț|τιμή|السعر|מחיר|ราคา|\bgiá|\bharga|가격|판매가"
    r"|价格|價格|售[价價]|价|価格|\bnow|\bonly|\bpreis)"
    r"(?: (?:s dph|z vat|inkl\.? mwst|inc(?:l\.?)? (?:vat|tax|gst)))?\s*[:：]?\s*$"
)
"""Ends with the name of the product's own price."""

ARTICLE_NUMBER = _of(
    r"\b(?:sku|mpn|gtin|ean(?:[ -]?13)?|upc|isbn(?:[ -]?1[03])?|asin|model|part|item|article"
    r"|product|catalog(?:ue)?|order)(?: ?(?:no|nr|num(?:ber)?|code|id)\b\.?| ?#)?"
    r"\s*[:：#]\s*[\w-]*\d[\w-]*"
    r"|\b(?:art(?:ikel)?|bestell|referen[cz])[-.]? ?(?:nr|nummer|no)?\.?\s*[:：]\s*[\w-]*\d[\w-]*"
    r"|(?:référence|referencia|codice|código|артикул|код товара|货号|型号|商品编号|品番|型番)"
    r"\s*[:：]\s*[\w-]*\d[\w-]*"
)
"""A line that numbers the product: "Part Number: R480698486"."""

NET = _of(
    r"bez dph|ohne mwst|zzgl\.? ?mwst|excl\.? ?(?:vat|tax|btw|gst)|\bex\.? ?(?:vat|gst)"
    r"|\bHT\b|\bnetto\b|plus vat|\+ ?vat|без ндс|未税"
)
"""Says that tax is not in it."""

_ON_REQUEST = _of(
    r"(?:price|pricing)s? (?:up)?on (?:request|inquiry|enquiry|application)|(?:ask|inquire|enquire)"
    r" for (?:a )?(?:price|quote|pricing)|(?:request|get) (?:a |latest )?(?:quote|price)\b"
    r"|(?:call|contact (?:us|supplier|seller)|e?-?mail us) for "
    r"(?:the |our |latest )?(?:price|pricing|quote)|preis auf anfrage|prix sur demande"
    r"|prezzo su richiesta|precio a consultar"
    r"|consultar precio|preço sob consulta|prijs op aanvraag|cena na (?:dotaz|vyžádání|zapytanie)"
    r"|цена по запросу|цену уточняйте|^询价$|价格面议|^面议$|^电议$"
    r"|要見積|価格応相談|negotiable price"
)
_MEMBERS = _of(
    r"(?:log ?-?in|sign ?-?in|register|login)(?: or \w+)? (?:to|for) (?:see|view|show|check)?\s*"
    r"(?:the |our |your )?(?:wholesale |trade )?(?:price|pricing)"
    r"|登录(?:后)?(?:查看|可见)(?:价格)?|登录查看|anmelden[, ]+um (?:die )?preise? zu sehen"
    r"|connectez-vous pour voir (?:le|les) prix|inicia sesión para ver"
)
_LONGEST_EXCUSE = 80


def withheld_by(text: str) -> Withheld | None:
    """Why a line says that no price is shown."""
    if len(text) > _LONGEST_EXCUSE:
        return None
    if _MEMBERS.search(text):
        return "login"
    return "on_request" if _ON_REQUEST.search(text.strip()) else None
