"""What a page's elements are called, and what that says about the text in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# Patterns of names and words are lower-case, and so is what they are matched against: that is
# several times faster than ignoring case.
# What stands beside the product: other products, navigation, baskets, hidden text.
_BESIDE = re.compile(
    r"recommend|related|similar|up-?sell|cross-?sell|carousel|also-?(?:bought|viewed|like)|recently"
    r"|breadcrumb|shipping|instal(?:l?ment|ments)|visually-?hidden|sr-only|mini-?cart|cart-drawer"
    r"|footer|sample|top(?<!\wtop)-?(?:cart|basket)|side(?<!\wside)-?(?:cart|basket)"
    r"|header(?<!\wheader)-?(?:cart|basket)|cart_block|navbar|nav-menu|main-?menu"
    r"|wishlist|newsletter|cookie|modal|popup|zubeh|accessor(?:y|ies)|frequently|bundle|bestsell"
)
_STRUCK = re.compile(
    r"compare|strike|crossed|old-?_?price|price-?_?old|was-?price|price-?was|list-?_?price"
    r"|original-?price|price-?original|regular-price-old|price-prev|rrp|msrp|uvp|no-?throu?gh"
    r"|line-?through"
)
_PRICE_NAME = re.compile(r"price|preis|prix|preco|preço|prezzo|cena|cijena|amount|money|cost")
_SMALL_PART = re.compile(r"cent|fraction|decimal|frac(?<!\wfrac)")
_BUY = re.compile(
    r"add[-_ ]?(?:\w+ )?to[-_ ]?(?:my[-_ ]?)?(?:cart|bag|basket|trolley)|buy[-_ ]?(?:it[-_ ]?)?now"
    r"|btn-cart|buy[-_]?button|cart[-_]add|cart_quantity|product[-_]?form|addtocart|add2cart"
    r"|in den (?:waren|einkaufs)korb|ajouter au panier|(?:añadir|agregar) al carrito"
    r"|aggiungi al carrello|nel carrello|(?:in|aan) winkel(?:wagen|mand)|do koszyka|do koš[ií]k"
    r"|kosárba|l[æä]gg? i (?:indkøbs)?(?:kurv|varukorg)|legg i handlek|lisää ostoskoriin"
    r"|adicionar ao carrinho|comprar|sepete ekle|в корзину|купить|до кошика|купити"
    r"|adaug[aă] [iî]n co[sș]|добави в количката|στο καλάθι|u košaricu|u korpu|v košarico"
    r"|į krepšelį|grozam|ostukorvi|أضف (?:إلى|الى) (?:السلة|عربة)|إضافة إلى السلة|افزودن به سبد"
    r"|הוסף לסל|הוספה לסל|(?:ใส่|ลง)(?:ใน)?(?:ตะกร้า|รถเข็น)|thêm vào giỏ|mua ngay|ke keranjang"
    r"|加入购物车|立即购买|加入購物車|放入購物車|立即購買|カートに(?:入れる|追加)|장바구니|구매하기"
    r"|start order|contact supplier|order sample"
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the class and id of an element say about its text."""

    beside: bool
    struck: bool
    price: bool
    small: bool


@lru_cache(maxsize=8192)
def names_of(called: str) -> Names:
    """What an element's class, id and itemprop say."""
    called = called.lower()
    return Names(
        beside=bool(_BESIDE.search(called)),
        struck=bool(_STRUCK.search(called)),
        price=bool(_PRICE_NAME.search(called)),
        small=bool(_SMALL_PART.search(called)),
    )


@lru_cache(maxsize=8192)
def buys(words: str) -> bool:
    """Whether a button's words or name mean buying."""
    return bool(_BUY.search(words.lower()))
