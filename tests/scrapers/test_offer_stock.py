"""Availability: what shops print of stock, in their languages, and what only looks like it."""

from decimal import Decimal

import pytest

from scrapers.offer import Offer, read_offer
from scrapers.page.stock import asks_to_wait, stock_of

URL = "https://shop.example/p/cup"
BUY = "<button>Add to cart</button>"


def page(body: str, head: str = "") -> Offer:
    html = f"<html lang=en-US><title>Steel Cup | Shop</title>{head}<h1>Steel Cup</h1>{body}"
    return read_offer(html, URL)


@pytest.mark.parametrize(
    "line",
    [
        "In stock", "in_stock", "InStock", "72 in stock", "2 left!", "Only 3 left in stock",
        "Hurry! Only 2 left", "10+ in stock", "More than 10 available", "Low stock: 3 left",
        "Ships within 24 hours", "Auf Lager", "Nur noch 3 Stück auf Lager", "12 auf Lager",
        "Niedriger Lagerbestand", "En stock", "Plus que 3 en stock", "Expédié sous 24h",
        "Quedan 2 unidades", "Bajas existencias: quedan 2", "Disponibile", "Scorte ridotte",
        "Pronta consegna", "5 em estoque", "Op voorraad", "Lage voorraad: nog maar 2",
        "Skladem > 5 ks", "natychmiastowa wysyłka", "Niski poziom zapasów", "I lager", "5 i lager",
        "На складе", "осталось 3 шт.", "stokta var", "现货", "仅剩3件", "低库存：剩余 5",
        "在庫あり", "残り2点", "재고 있음", "재고 부족: 5개 남음", "Stock: 5", "库存：500件",
        "In stock (22 available)", "In stock — ships in 2 days", "Add to cart — In stock",
        "In stock — 142 available", "北京有货", "尚有庫存", "În stoc", "В наличност", "Σε απόθεμα",
        "Na zalihi", "Yra sandėlyje", "Ir noliktavā", "متوفر", "במלאי", "มีสินค้า", "Còn hàng",
        "Stok tersedia",
    ],
)  # fmt: skip
def test_a_short_line_says_that_it_is_in_stock(line: str) -> None:
    assert page(f"<p>$5.00</p><p>{line}</p>{BUY}").availability == "in_stock"


@pytest.mark.parametrize(
    "line",
    [
        "Sold out", "sold_out", "Out of stock", "Sorry, this item is currently out of stock",
        "No longer available", "0 in stock", "Ausverkauft", "Nicht mehr lieferbar",
        "Dieser Artikel ist derzeit nicht verfügbar", "En rupture de stock", "Épuisé",
        "Temporairement indisponible", "Agotado", "Esaurito", "Fora de estoque", "Niet op voorraad",
        "Vyprodáno", "Zapas wyczerpany", "Slut i lager", "Ikke på lager", "Нет в наличии",
        "Tükendi", "缺货", "已售罄", "商品已下架", "売り切れ", "在庫切れ", "품절", "库存：0件",
        "$5.00 — Currently unavailable.", "北京无货", "補貨中", "已售完", "Stoc epuizat",
        "Изчерпан", "Εξαντλήθηκε", "Rasprodano", "Išparduota", "Izpārdots", "غير متوفر", "ناموجود",
        "אזל מהמלאי", "สินค้าหมด", "Hết hàng", "Stok habis", "Sold out (online only)",
    ],
)  # fmt: skip
def test_a_short_line_says_that_it_is_sold_out(line: str) -> None:
    assert page(f"<p class=price>$5.00</p><p>{line}</p>").availability == "out_of_stock"


@pytest.mark.parametrize(
    "line",
    [
        "Not available in stores", "Available in 3 colours", "3 left shoes", "Stock photos",
        "We always have 5000 cups in our warehouse, so that what you order is in stock with us.",
        "Out of stock items are shipped later", "Left to right", "Soldering iron", "Availability",
        "Shop what is in stock now in our other shops", "Only 2 colours left to choose",
        "All | In stock | On sale", "In stock (0)", "没有货", "Laos",
    ],
)  # fmt: skip
def test_a_line_about_something_else_says_nothing_of_stock(line: str) -> None:
    assert page(f"<p>$5.00</p><p>{line}</p>{BUY}").availability == "unknown"


def test_the_labelled_line_has_the_word_also_when_it_says_something_unknown() -> None:
    menu = "<ul><li>In stock</li><li>Sale</li></ul>"
    labelled = "<p>Availability: <b>within 10 working days</b></p>"
    assert page(f"{menu}<p>$5.00</p>{labelled}{BUY}").availability == "unknown"
    assert page(f"{menu}<p>$5.00</p>{BUY}").availability == "in_stock"


def test_a_label_stands_on_a_line_of_its_own_or_before_its_value() -> None:
    table = "<p>$5.00</p><table><tr><th>Availability:</th><td>{}</td></tr></table>" + BUY
    assert page(table.format("available")).availability == "in_stock"
    assert page("<p>$5.00</p><p>Availability: in stock. Leaves us tomorrow</p>" + BUY).availability
    said = page(f"<p>$5.00</p><p>Verfügbarkeit: vergriffen (Nachschub bestellt)</p>{BUY}")
    assert said.availability == "out_of_stock"


@pytest.mark.parametrize(
    ("options", "state"),
    [
        (["Please choose:", "1 [Low Stock]", "2 [In Stock]"], "in_stock"),
        (["Select size", "S (sold out)", "M - Sold out"], "out_of_stock"),
        (["Size", "S - ausverkauft", "M"], "unknown"),  # nobody says what M is
        (["S", "M"], "unknown"),
        (["Red - dark", "Blue (navy)"], "unknown"),
        ([], "unknown"),
    ],
)
def test_choices_say_what_is_in_stock(options: list[str], state: str) -> None:
    choices = "".join(f"<option>{option}</option>" for option in options)
    assert page(f"<p>$5.00</p><select>{choices}</select>{BUY}").availability == state


def test_a_hidden_mark_counts_when_it_is_schema_orgs_word() -> None:
    hidden = '<span class="availability" style="display:none">{}</span>'
    assert page(f"<p>$5.00</p>{hidden.format('InStock')}{BUY}").availability == "in_stock"
    # sentences are kept ready for other variants
    assert page(f"<p>$5.00</p>{hidden.format('Out of stock')}{BUY}").availability == "unknown"
    both = hidden.format("InStock") + hidden.format("OutOfStock")
    assert page(f"<p>$5.00</p>{both}{BUY}").availability == "unknown"


@pytest.mark.parametrize(
    "words",
    [
        "Notify me when available", "Email me when back in stock", "到货通知",
        "Benachrichtigen Sie mich, sobald lieferbar", "Avísame cuando esté disponible",
    ],
)  # fmt: skip
def test_an_offer_to_wait_means_sold_out_only_where_nothing_can_be_bought(words: str) -> None:
    assert asks_to_wait(words)
    wait = f"<p class=price>$5.00</p><button>{words}</button>"
    assert page(wait).availability == "out_of_stock"
    assert page(wait + BUY).availability == "unknown"


def test_a_button_says_sold_out_in_place_of_add_to_cart() -> None:
    form = '<p class=price>$5.00</p><input type=submit value="{}" disabled>'
    assert page(form.format("Sold out")).availability == "out_of_stock"
    assert page(form.format("Add to cart")).availability == "unknown"


def test_a_stock_line_counts_although_the_price_is_a_picture() -> None:
    offer = page(f"<p>Price: <strong>$</strong><img src=p.png></p><p>72 in stock</p>{BUY}")
    assert (offer.kind, offer.price, offer.availability) == ("product", None, "in_stock")


def test_a_long_text_is_no_stock_line() -> None:
    assert stock_of("in stock " * 40) is None


@pytest.mark.parametrize(
    ("body", "price"),
    [
        ("<p><span>870</span><br>руб</p>" + BUY, "870"),  # the sign on the line below
        ("<table><tr><td class=price>12.50<tr><td>USD</table>" + BUY, "12.50"),
        ("<p>Quantity</p><p>2</p><p>EUR</p>" + BUY, None),
        ("<p class=price>Cena z VAT: 2 399,00 zł</p>" + BUY, "2399.00"),
        ("<p class=price>VAT: 12.00 EUR</p>" + BUY, None),
        ("<p>Shoes: less than $30</p><p class=price>$24.99</p>" + BUY, "24.99"),
        (f"<p>{'Join our club and save with us every month. ' * 4}Pay only $21.97 now.</p>", None),
    ],
)
def test_a_price_is_whole_and_the_products(body: str, price: str | None) -> None:
    assert page(body).price == (Decimal(price) if price else None)


def test_of_two_prices_the_one_in_the_title_is_the_products() -> None:
    body = "<p>€ 430,00</p><p>prezzo online</p><p>€ 450,00</p><p>in negozio</p>" + BUY
    html = "<html lang=it><title>Cassa{}</title><h1>Cassa</h1>" + body
    assert read_offer(html.format(" a € 430,00"), URL).price == Decimal("430.00")
    assert read_offer(html.format(""), URL).price is None


def test_a_known_label_beats_a_nearer_line_and_an_unknown_one_does_not() -> None:
    body = "<p>$5.00</p><p>In stock</p><p>Colour</p><p>Availability: {}</p>" + BUY
    assert page(body.format("sold out")).availability == "out_of_stock"
    assert page(body.format("see your branch")).availability == "in_stock"
