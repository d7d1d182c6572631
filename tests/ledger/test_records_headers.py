"""Which column a header means."""

import pytest

from core.ledger.headers import aliases, match_headers, missing_columns
from core.ledger.records import KINDS, kind_of

# The aliases that the contract names, each with the kinds that have the column.
CONTRACT = [
    ("商品编码", "sku", "product stock sales order_line review sample rfq competitor_offer"),
    ("SKU编码", "sku", "product stock sales order_line review sample rfq competitor_offer"),
    ("商品名称", "name_zh", "product"),
    ("类目", "category", "product"),
    ("库存", "on_hand", "stock"),
    ("现有库存", "on_hand", "stock"),
    ("锁定库存", "committed", "stock"),
    ("占用", "committed", "stock"),
    ("在途", "inbound", "stock"),
    ("仓库", "location", "stock"),
    ("日期", "day", "sales spend visits"),
    ("平台", "channel", "sales order order_line shipment review dispute case spend visits"),
    ("渠道", "channel", "sales order order_line shipment review dispute case spend visits"),
    ("销量", "units", "sales"),
    ("数量", "units", "sales"),
    ("销量", "quantity", "order_line"),
    ("数量", "quantity", "order_line rfq"),
    ("销售额", "revenue", "sales"),
    ("币种", "currency", "sales order order_line dispute sample rfq spend competitor_offer"),
    ("订单号", "order_no", "order order_line shipment review dispute case"),
    ("下单时间", "placed_at", "order"),
    ("承诺发货时间", "promised_ship_at", "order"),
    ("发货时间", "shipped_at", "order shipment"),
    ("运单号", "tracking_no", "shipment sample"),
    ("物流单号", "tracking_no", "shipment sample"),
    ("承运商", "carrier", "shipment sample"),
    ("物流商", "carrier", "shipment sample"),
    ("预计到达", "eta", "shipment"),
    ("评价ID", "review_id", "review"),
    ("星级", "stars", "review"),
    ("评分", "stars", "review"),
    ("评价内容", "text", "review"),
    ("评价时间", "posted_at", "review"),
    ("纠纷号", "dispute_id", "dispute"),
    ("纠纷状态", "status", "dispute"),
    ("样品单号", "sample_no", "sample"),
    ("寄样时间", "sent_at", "sample"),
    ("买家邮箱", "buyer_email", "order sample rfq"),
    ("买家", "buyer_name", "order review sample rfq"),
    ("国家", "country", "buyer visits"),
    ("国家", "buyer_country", "order rfq"),
    ("花费", "spend", "spend"),
    ("曝光", "impressions", "spend"),
    ("点击", "clicks", "spend"),
    ("询盘", "inquiries", "spend visits"),
    ("访客", "visitors", "visits"),
    ("采购周期", "purchase_lead_days", "product"),
    ("物流周期", "transport_lead_days", "product"),
    ("负责人", "owner", "order case sample rfq buyer"),
]


@pytest.mark.parametrize(("header", "column", "kinds"), CONTRACT)
def test_the_contracts_chinese_headers_are_known(header: str, column: str, kinds: str) -> None:
    for kind in kinds.split():
        assert match_headers(kind_of(kind), [header]).columns == (column,)


@pytest.mark.parametrize("header", ["on_hand", "ON HAND", "On-Hand", " onhand ", "on_hand*"])
def test_case_and_gaps_do_not_matter(header: str) -> None:
    assert match_headers(KINDS["stock"], [header]).columns == ("on_hand",)


def test_unknown_headers_are_named_as_they_stand() -> None:
    header = match_headers(KINDS["stock"], ["SKU", "备注", "Shelf Life"])
    assert header.columns == ("sku", None, None)
    assert header.unknown == ("备注", "Shelf Life")


def test_two_headers_for_one_column_are_refused() -> None:
    with pytest.raises(ValueError, match="two columns mean sku: 'SKU' and '商品编码'"):
        match_headers(KINDS["stock"], ["SKU", "on_hand", "商品编码"])


def test_a_users_map_wins_over_what_is_known() -> None:
    header = match_headers(KINDS["stock"], ["SKU", "货号 (ERP)"], {"货号 (erp)": "sku"})
    assert header.columns == (None, "sku")


def test_missing_columns_are_the_required_ones() -> None:
    assert missing_columns(KINDS["sales"], ["day", "channel", None]) == ["sku", "units"]


def test_what_a_job_learns_is_never_taken_from_a_header() -> None:
    assert not {"problem", "tiers"} & aliases(KINDS["competitor_offer"]).keys()
