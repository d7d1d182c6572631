"""Amazon's Selling Partner API: orders, FBA stock, listings, feedback, health, visits.

Asked with httpx through `scrapers.api`, not with python-amazon-sp-api: so every request and answer
can be held against Amazon's own models in tests, one client keeps pace and secrets for all
services, and an installation is 6 MB smaller. No AWS signature is needed any more.
"""

from scrapers.api.service import Connection, Service
from scrapers.sources.amazon.calls import Amazon, at
from scrapers.sources.amazon.feedback import feedback
from scrapers.sources.amazon.inventory import stock
from scrapers.sources.amazon.listings import listings
from scrapers.sources.amazon.operations import GET_PARTICIPATIONS
from scrapers.sources.amazon.orders import orders
from scrapers.sources.amazon.performance import performance
from scrapers.sources.amazon.settings import Settings
from scrapers.sources.amazon.visits import visits


async def probe(source: Connection) -> str:
    """Return the store's marketplaces by name, and which configured ones are not among them."""
    amazon = Amazon(source)
    found = await amazon.items(GET_PARTICIPATIONS, "payload")
    names = {at(one, "marketplace", "id"): at(one, "marketplace", "name") for one in found}
    absent = [wanted for wanted in source.settings.marketplaces if wanted not in names]
    told = f"sells on {', '.join(str(name) for name in names.values()) or 'no marketplace'}"
    return f"{told}; not on {', '.join(absent)}" if absent else told


SERVICE = Service(
    settings=Settings,
    feeds={
        "orders": orders,
        "stock": stock,
        "listings": listings,
        "feedback": feedback,
        "performance": performance,
        "visits": visits,
    },
    probe=probe,
    credentials=(("client_id", "client_secret", "refresh_token"),),
)
