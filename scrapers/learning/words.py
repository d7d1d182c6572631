"""Words that speak for a kind of record, or for a channel."""

from collections.abc import Mapping

KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "order": ("订单", "orders"),
    "order_line": ("订单明细", "订单商品", "lineitem", "line item"),
    "stock": ("库存", "inventory", "盘点"),
    "sales": ("销量", "销售统计", "销售日报"),
    "review": ("评价", "评论", "review", "feedback"),
    "dispute": ("纠纷", "dispute", "claim"),
    "case": ("工单", "售后", "ticket"),
    "sample": ("样品", "sample"),
    "rfq": ("询价", "rfq"),
    "product": ("商品", "产品", "product", "catalog"),
    "spend": ("直通车", "推广", "广告", "p4p", "campaign", "ads"),
    "shipment": ("物流", "运单", "tracking", "shipment"),
    "visits": ("访客", "流量", "traffic", "sessions"),
    "buyer": ("客户", "买家", "customer"),
    "competitor_offer": ("竞品", "competitor"),
    "rate": ("汇率", "exchange"),
    "score": ("考核", "performance"),
    "search_heat": ("热度", "trends"),
}
"""Words in the name of a file, or of a sheet, that speak for a kind."""

CHANNEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "amazon": ("amazon", "亚马逊", "asin"),
    "shopify": ("shopify", "lineitem", "fulfillmentstatus"),
    "alibaba": ("alibaba", "阿里", "国际站", "信保"),
    "p4p": ("直通车", "p4p", "推广计划"),
}
"""Words in a file's name or its headers that tell the channel."""
