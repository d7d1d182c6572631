"""What we ask Amazon for, each with its usage plan: calls a second, and at once.

The figures are the models' (selling-partner-api-models); what an answer's header says is obeyed
from then on.
"""

from typing import NamedTuple


class Operation(NamedTuple):
    """One kind of call. Every account has a bucket of calls for each."""

    method: str
    path: str
    per_second: float
    burst: int


SEARCH_ORDERS = Operation("GET", "/orders/2026-01-01/orders", 0.0056, 20)
GET_SUMMARIES = Operation("GET", "/fba/inventory/v1/summaries", 2, 2)
SEARCH_LISTINGS = Operation("GET", "/listings/2021-08-01/items/{}", 5, 5)
CREATE_REPORT = Operation("POST", "/reports/2021-06-30/reports", 0.0167, 15)
GET_REPORT = Operation("GET", "/reports/2021-06-30/reports/{}", 2, 15)
GET_DOCUMENT = Operation("GET", "/reports/2021-06-30/documents/{}", 0.0167, 15)
GET_PARTICIPATIONS = Operation("GET", "/sellers/v1/marketplaceParticipations", 0.016, 15)
