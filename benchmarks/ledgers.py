"""Large ledgers for the benchmarks, made inside SQLite: quick, and the same every time."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from core.ledger.database import Database
from core.ledger.migrate import migrate

STORE = "harborlane"

PRODUCTS = """
INSERT INTO product (store, intake_id, intake_row, sku, name, name_zh, category, status,
                     purchase_lead_days, transport_lead_days, moq)
SELECT :store, 1, n, printf('SKU-%06d', n), printf('Power station %d', n),
       printf('户外电源 %d', n), printf('category_%d', n % 200), 'active', 20, 35, 100
FROM numbers
"""

STOCK = """
INSERT INTO stock (store, intake_id, intake_row, sku, location, observed_at,
                   on_hand, committed, inbound)
SELECT :store, 1, n, printf('SKU-%06d', n), location, datetime(:counted, back) || '.000000',
       CASE WHEN n % 50 = 0 THEN 40 ELSE 2000 + n % 997 END, n % 17, (n % 3) * 100
FROM numbers,
     (SELECT 'Ningbo' AS location UNION SELECT 'Los Angeles'),
     (SELECT '0 hours' AS back UNION SELECT '-24 hours')
WHERE location = 'Ningbo' OR n % 5 = 0
ORDER BY n, location, back
"""

SALES = """
INSERT INTO sales (store, intake_id, intake_row, sku, day, channel, units, revenue, currency)
SELECT :store, 1, n, printf('SKU-%06d', n), day, 'alibaba', (n * 7 + age * 13) % 31,
       ((n * 7 + age * 13) % 31) * 19900000, 'USD'
FROM numbers,
     (SELECT n AS age, date(:today, (n - :days - 1) || ' days') AS day
      FROM numbers WHERE n <= :days)
ORDER BY day, n
"""

INTAKES = """
INSERT INTO intake (store, kind, source, started_at, finished_at, read, stored, unchanged, rejected)
SELECT :store, kind, 'benchmark', :at, :at, 0, 0, 0, 0
FROM (SELECT 'product' AS kind UNION SELECT 'stock' UNION SELECT 'sales')
"""


def large_ledger(path: Path, *, skus: int, days: int, today: date, now: datetime) -> None:
    """Make a ledger: each SKU with its sales of every past day and its last two counts.

    One SKU in five is kept at two places, one in fifty is under its safety stock. The sales stand
    in the file day after day, as a store's do. The file is read once at the end: that of a ledger
    in use is in memory.
    """
    database = Database(f"sqlite:///{path}")
    migrate(database)
    numbers = (
        "CREATE TEMP TABLE numbers AS WITH RECURSIVE counted(n) AS"
        f" (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {skus}) SELECT n FROM counted"
    )
    moment = f"{now - timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
    values = {"store": STORE, "today": f"{today}", "days": days, "counted": moment}
    with database.write() as ledger:
        connection = ledger.connection()
        connection.execute(text("PRAGMA cache_size = -1000000"))  # KiB, while the ledger is made
        index = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'sales_by_day'"))
        connection.execute(text("DROP INDEX sales_by_day"))  # made at the end: far quicker
        connection.execute(text(numbers))
        connection.execute(text(PRODUCTS), values)
        connection.execute(text(STOCK), values)
        connection.execute(text(SALES), values)
        connection.execute(text(INTAKES), {"store": STORE, "at": f"{moment}.000000"})
        connection.execute(text(str(index)))
    database.close()
    with path.open("rb") as file:
        while file.read(2**20):
            pass
