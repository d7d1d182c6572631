"""Bytes to text: what header, page and bytes say, and pages that lie about it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.offer import read_offer
from scrapers.page.encoding import decode

PAGES = {
    "gb18030": (
        "不锈钢保温杯",
        "价格：128.00 元",
        "现货",
        "颜色 黑色 白色 运费 满99元包邮 商品评价",
    ),
    "big5": (
        "不鏽鋼保溫杯",
        "價格 NT$1,280",
        "有現貨",
        "加入購物車 顏色 黑色 白色 台灣製造 付款方式",
    ),
    "shift_jis": (
        "ステンレス保温マグ",
        "価格 1,980円",
        "在庫あり",
        "送料無料 カラー ブラック お届け日",
    ),
    "euc-jp": (
        "ステンレス保温マグ",
        "価格 1,980円",
        "在庫あり",
        "送料無料 カラー ブラック お届け日",
    ),
    "euc-kr": (
        "스테인리스 보온 텀블러",
        "19,800원",
        "재고 있음",
        "바로 구매 무료 배송 상품 상세 정보",
    ),
    "windows-1251": ("Термокружка", "Цена: 1 299 руб.", "В наличии", "Доставка по России Отзывы"),
    "koi8-r": ("Термокружка", "Цена: 1 299 руб.", "В наличии", "Доставка по России Отзывы"),
    "windows-1252": ("Thermobecher", "Preis: 19,99 €", "Auf Lager", "Größe weiß höchste Qualität"),
}
PRICES = {
    "gb18030": ("128.00", "CNY"),
    "big5": ("1280", "TWD"),
    "shift_jis": ("1980", "JPY"),
    "euc-jp": ("1980", "JPY"),
    "euc-kr": ("19800", "KRW"),
    "windows-1251": ("1299", "RUB"),
    "koi8-r": ("1299", "RUB"),
    "windows-1252": ("19.99", "EUR"),
}
LIES = ("utf-8", "iso-8859-1", "gb2312", "euc-kr", "windows-1251", "x-nonsense", "base64")


def page(encoding: str, meta: str = "") -> str:
    name, price, stock, more = PAGES[encoding]
    return (
        f"<html><head>{meta}<title>{name}</title></head><body><h1>{name}</h1>"
        f"<p class=price>{price}</p><p>{stock}</p><p>{more}</p></body></html>"
    )


@pytest.mark.parametrize("encoding", PAGES)
def test_a_page_that_says_nothing_of_its_encoding_gives_its_price(encoding: str) -> None:
    offer = read_offer(page(encoding).encode(encoding), "https://shop.example/p/1")
    price, currency = PRICES[encoding]
    assert (offer.price, offer.currency) == (Decimal(price), currency)
    assert (offer.title, offer.availability) == (PAGES[encoding][0], "in_stock")


@pytest.mark.parametrize("encoding", PAGES)
@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_is_not_believed(encoding: str, lie: str) -> None:
    text = page(encoding)
    assert decode(text.encode(encoding), f"text/html; charset={lie}") == text


@pytest.mark.parametrize("lie", LIES)
def test_a_page_that_lies_about_itself_is_not_believed(lie: str) -> None:
    text = page("big5", f"<meta charset={lie}>")
    assert decode(text.encode("big5")) == text


def test_a_page_is_believed_where_the_header_lies() -> None:
    text = page(
        "windows-1251", '<meta http-equiv=content-type content="text/html; charset=koi8-r">'
    )
    assert decode(text.encode("koi8-r"), "text/html; charset=shift_jis") == text


@pytest.mark.parametrize("said", ["gb2312", "GBK", "x-gbk", "cp936"])
def test_letters_that_only_the_larger_set_has_are_read_under_the_smaller_ones_name(
    said: str,
) -> None:
    text = "<h1>喆镕堃瑠</h1><p>€ 12.50 每件</p>"  # none of the four, nor the sign, is in GB 2312
    assert decode(text.encode("gb18030"), f"text/html; charset={said}") == text


@pytest.mark.parametrize("wrong", [b"\xff", b"\xe4\xb8"])
def test_utf_8_with_a_bad_byte_is_still_utf_8(wrong: bytes) -> None:
    text = page("gb18030")
    body = text.encode().replace(b"<h1>", b"<h1>" + wrong)
    assert decode(body, "text/html; charset=gbk") == text.replace("<h1>", "<h1>\ufffd")


def test_a_page_cut_off_within_a_letter_is_still_utf_8() -> None:
    body = page("big5").encode()
    cut = body[: body.index("現".encode()) + 1]
    assert decode(cut, "text/html; charset=big5").endswith("<p>有\ufffd")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_a_byte_order_mark_says_it_all(encoding: str) -> None:
    text = page("shift_jis", "<meta charset=shift_jis>")
    body = ("\ufeff" + text).encode(encoding)
    assert decode(body, "text/html; charset=koi8-r") == text


@pytest.mark.parametrize(
    ("sign", "currency"),
    [("£19.99", "GBP"), ("19,99 €", "EUR")],
)
def test_a_single_sign_on_an_english_page_is_read_as_western(sign: str, currency: str) -> None:
    text = f"<html lang=en-GB><h1>Steel mug</h1><p class=price>{sign}</p><button>Buy now</button>"
    offer = read_offer(text.encode("cp1252"), "https://shop.example/p/1", content_type="text/html")
    assert (offer.price, offer.currency) == (Decimal("19.99"), currency)


def test_a_declared_encoding_of_central_europe_is_believed() -> None:
    text = "<h1>Termohrnek žluťoučký</h1><p class=price>499 Kč</p><button>Přidat do košíku</button>"
    assert decode(text.encode("cp1250"), "text/html; charset=windows-1250") == text


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_under_any_name_are_some_text(body: bytes, name: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={name}"), str)


@given(st.text(max_size=200), st.sampled_from(["koi8-r", "big5", "utf-7", "rot13"]))
def test_valid_utf_8_is_utf_8_whatever_is_said(text: str, said: str) -> None:
    whole = text.encode("utf-8", "ignore").decode().lstrip("\ufeff")
    if not whole.encode().startswith((b"\xff\xfe", b"\xfe\xff")):
        assert decode(whole.encode(), f"text/html; charset={said}") == whole
