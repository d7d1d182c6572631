"""A person's word on a pair: their page and the article it competes with (plan B1)."""

import pytest

from core.ledger.database import Database
from core.ledger.offers import latest_offers
from core.ledger.pages import article_of, known_by_name
from core.ledger.pairing import confirm_pair, reject_pair
from core.ledger.records import CompetitorPage, Intake
from tests.support.intake import NOW, STORE, stored, take
from tests.support.price_alerts import SKU, URL

SOFIA = "sofia.reyes@harborlane.example"
PAGE = {"competitor": "VoltTrail", "url": URL}


def confirm(database: Database, sku: str = SKU) -> bool:
    with database.write() as ledger:
        return confirm_pair(ledger, STORE.name, "VoltTrail", URL, sku, SOFIA, NOW)


def reject(database: Database, sku: str | None = None) -> bool:
    with database.write() as ledger:
        return reject_pair(ledger, STORE.name, "VoltTrail", URL, SOFIA, NOW, sku)


def compared_with(database: Database) -> str | None:
    with database.read() as ledger:
        pages = known_by_name(ledger, STORE.name)
        offers = latest_offers(ledger, STORE.name, NOW, priced=False)
        return article_of(pages.get(("VoltTrail", URL)), next((o.sku for o in offers), None))


def page(database: Database) -> CompetitorPage:
    (only,) = stored(database, CompetitorPage)
    return only


def test_a_proposed_pair_is_compared_once_it_is_confirmed(database: Database) -> None:
    take(database, "competitor_page", PAGE | {"sku": SKU, "status": "proposed", "title": "Cell"})
    assert compared_with(database) is None
    assert confirm(database)
    assert compared_with(database) == SKU
    known = page(database)
    assert (known.status, known.decided_by, known.decided_at) == ("confirmed", SOFIA, NOW)
    assert known.title == "Cell"  # the rest stays


def test_a_rejected_pair_is_compared_no_more_whatever_its_offers_name(database: Database) -> None:
    take(database, "competitor_offer", PAGE | {"sku": SKU, "price": "9", "observed_at": NOW})
    assert compared_with(database) == SKU
    assert reject(database, SKU)
    assert compared_with(database) is None
    assert (page(database).sku, page(database).wrong_skus) == (SKU, [SKU])


def test_a_second_click_changes_nothing(database: Database) -> None:
    assert [confirm(database), confirm(database)] == [True, False]
    assert [reject(database), reject(database)] == [True, False]
    assert len(stored(database, Intake)) == 2


def test_a_confirmed_page_can_be_rejected_and_confirmed_for_another_article(
    database: Database,
) -> None:
    confirm(database)
    reject(database)
    assert confirm(database, "SP-0400")
    assert (page(database).sku, page(database).wrong_skus) == ("SP-0400", [SKU])
    assert confirm(database)  # they were right in the first place
    assert (page(database).sku, page(database).wrong_skus) == (SKU, None)


@pytest.mark.parametrize("decide", [confirm, reject])
def test_the_account_names_the_person(database: Database, decide: object) -> None:
    take(database, "competitor_page", PAGE | {"sku": SKU})
    assert callable(decide)
    decide(database)
    intake = stored(database, Intake)[-1]
    assert (intake.kind, intake.source) == ("competitor_page", f"decided:{SOFIA}")
    assert page(database).intake_id == intake.id
