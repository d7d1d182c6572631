"""The words in which a `competitor_offer` says why its page gave no price, of those that count.

Others tell that the page itself was not seen: "captcha", what a server or the network said.
"""

NO_PRICE = "no price"
NO_CURRENCY = "no currency"
UNCERTAIN = "uncertain"
"""The reader is not sure enough of it."""
JUMPS = "jumps"
"""It is too far from the last one, and a second reading did not agree."""
NOT_FOUND, NO_PRODUCT = "not_found", "no_product"

GONE = (NOT_FOUND, NO_PRODUCT)
"""The page sells nothing any more."""

OUT_OF_STOCK = "out_of_stock"
"""The word of `availability` for what is sold out; its price is none to compare with."""
