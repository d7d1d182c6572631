"""What shops print around prices, in the languages of the markets that are watched."""

from __future__ import annotations

import re

from scrapers.page.lines import JOINT
from scrapers.page.model import Availability, Withheld


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Words just before an amount that make it another kind of amount.
_LIST = (
    r"\bwas|\breg(?:ular)?\.?|\blist|\bmsrp|\brrp|\bsrp|\bretail|\bmarket|\bcompare at|\bold"
    r"|\boriginal|\buvp|\bstatt|\bfrüher|\bau lieu de|\bancien|\bantes|\bbežná|\bběžná"
    r"|\bpůvodní|\bpoprzednia|innych sklepach|\bstará|\bстарая|\bобычная"
    r"|原价|市场价|划线价|参考価格"
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
    r"|\blivraison|\benvío|\btrasporto|\bдоставка|\bfee|\btax|\bvat|\bsample\w*|样品\w*"
    r"|\bover|\bspend|\babove|\bunder|\bup to|满|\bof|\bsubtotal|\btotal|\bcart|\bbasket|\bjust for"
    r"|\bfor both|\bsum|\bgutschein|\bgift card|\bper \w+ from|\bprice range|\bwert von|\bcredit)"
    r"\s*(?:price|preis|prix|cena|цена|价)?\s*[:：]?\s*\(?\+?\s*$"
)
"""Ends with words that make the next amount no price of the product."""

ANOTHER_AFTER = _of(
    rf"[\s{JOINT}]*(?:/\s*mo\b|/\s*month|per month|a month|monthly|pro monat|par mois|al mes"
    r"|off\b|discount|coupon|shipping|delivery|x \d|deposit|\(?\s*(?:/|per|pro|je|pour)\s*"
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
    r"|\bfiyat|价格|价|価格|\bnow|\bonly|\bpreis)(?: (?:s dph|z vat|inkl\.? mwst))?\s*[:：]?\s*$"
)
"""Ends with the name of the product's own price."""

NET = _of(
    r"bez dph|ohne mwst|zzgl\.? ?mwst|excl\.? ?(?:vat|tax|btw|gst)|\bex\.? ?(?:vat|gst)"
    r"|\bHT\b|\bnetto\b|plus vat|\+ ?vat|без ндс|未税"
)
"""Says that tax is not in it."""

_LABEL = (
    r"(?:(?:availability|stock(?: status)?|verfügbarkeit|disponibilit[éà]|disponibilidad"
    r"|dostępność|dostupnos[tť]|наличие(?: на складе)?|库存|status)\s*[:：]?\s*)?"
)
_STOCK: dict[Availability, re.Pattern[str]] = {
    "out_of_stock": _of(
        _LABEL + r"(?:(?:this (?:item|product) is )?(?:currently |temporarily )?"
        r"(?:out[ -]of[ -]stock|sold[ -]out|unavailable|not available|not in stock)"
        r"(?:\.? (?:online|right now|at the moment))?"
        r"|(?:ist )?(?:derzeit |momentan )?(?:ausverkauft|vergriffen|nicht (?:auf lager|lieferbar|"
        r"verfügbar|vorrätig))|(?:produit )?(?:épuisé|en rupture(?: de stock)?|indisponible)"
        r"|agotado|sin existencias|no disponible|esaurito|non disponibile|esgotado|indisponível"
        r"|uitverkocht|niet (?:op voorraad|leverbaar)|vyprodáno|není skladem|nie je skladom"
        r"|brak(?: w magazynie)?|niedostępny|slutsåld|ej i lager|udsolgt|utsolgt|loppu"
        r"|нет в наличии|нет на складе|распродано|немає в наявності|elfogyott|tükendi|stokta yok"
        r"|缺货|已售罄|售罄|无货|暂时缺货|品切れ|在庫切れ|在庫なし|품절|0 in stock)"
    ),
    "preorder": _of(
        _LABEL + r"(?:(?:top |hot )?pre-?order(?: now| notice)?|(?:on )?back-?order(?:ed)?"
        r"|available (?:on|for) (?:pre|back)-?order|coming soon|vorbestell\w+|précommande"
        r"|предзаказ|под заказ|预售|预订|予約)"
    ),
    "in_stock": _of(
        _LABEL + r"(?:(?:only )?\d+ (?:left )?(?:items? )?in[ -]stock(?: now)?|[-–\s]*in[ -]?stock"
        r"(?:[:,;!]?\s?\d*)?[-–\s]*|this (?:item|product) is in[ -]stock.*|available(?: now)?"
        r"|in[ -]stock(?: and| -|,|;) .{0,40}|(?:artikel )?(?:auf|am) lager|lagernd.{0,30}"
        r"|(?:sofort|sofort ab lager) (?:lieferbar|verfügbar)|vorrätig|verfügbar|en stock"
        r"|disponible|disponibile|disponível|en existencia|em estoque|op voorraad|skladem.{0,15}"
        r"|skladom.{0,15}|na skladě|na sklade|dostępny|w magazynie|på lager|i lager|varastossa"
        r"|есть(?: в наличии)?|в наличии.{0,12}|на складе|є в наявності|да|raktáron|készleten"
        r"|stokta(?: var)?|有货|现货|有現貨|在庫あり|재고 있음|ready to ship|last items in stock.?"
        r"|ships (?:today|same day)|usually ships .{0,30})"
    ),
}
_LONGEST_STOCK = 60
_BARE_YES = _of(r"да|есть|available(?: now)?|disponible|verfügbar")
_STOCK_HINT = _of(
    r"stock|sold|unavail|avail|order|lager|liefer|vorr|verf|vergr|ausverk|puis|rupt|disp|agot|exist"
    r"|esaur|esgot|estoque|uitv|voorr|vypr|sklad|magaz|dost|brak|slut|ud?tsolg|udsolg|loppu|varast"
    r"|нал|склад|расп|наяв|есть|elfog|rakt|készl|tük|stok|货|售|予|预|在庫|品切|품절|재고|ready|ships"
    r"|coming|comm|зак|last items"
)

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


def stock_of(text: str) -> Availability | None:
    """What a short line, or the element that begins a line, says of stock and of nothing else.

    Words within sentences don't count.
    """
    parts = text.split(JOINT)
    if len(text) <= _LONGEST_STOCK:
        parts.insert(0, text.replace(JOINT, " "))
    else:
        parts = [parts[0]] if len(parts[0]) <= _LONGEST_STOCK else []
    for part in parts:
        if not _STOCK_HINT.search(part):
            continue
        said = " ".join(part.split()).strip(" .!:✓✔•*()[]")
        if _BARE_YES.fullmatch(said):
            continue  # "Available" is a word of many lines; with its label it is read
        for state, words in _STOCK.items():
            if words.fullmatch(said):
                return state
    return None


def withheld_by(text: str) -> Withheld | None:
    """Why a line says that no price is shown."""
    if len(text) > _LONGEST_EXCUSE:
        return None
    if _MEMBERS.search(text):
        return "login"
    return "on_request" if _ON_REQUEST.search(text.strip()) else None
