"""What of an offer a person may point out on a page (plan B1)."""

OFFER_FIELDS = ("title", "price", "list_price", "availability", "moq", "unit", "sku", "gtin")
