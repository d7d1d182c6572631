"""Visitors by city; South America small and growing (plan F1)."""

import random
from datetime import date

from sandbox.demo.records import Visits
from sandbox.demo.scene import HISTORY_DAYS, Scene

# Visitors a day per country and city; together South America is about 4.6 %.
_CITIES = (
    ("US", "Los Angeles", 190),
    ("US", "Houston", 150),
    ("US", "Denver", 110),
    ("CA", "Toronto", 85),
    ("MX", "Monterrey", 40),
    ("DE", "Berlin", 120),
    ("DE", "Munich", 105),
    ("GB", "Manchester", 90),
    ("FR", "Lyon", 70),
    ("NL", "Rotterdam", 55),
    ("ES", "Valencia", 60),
    ("PL", "Warsaw", 45),
    ("JP", "Osaka", 95),
    ("AU", "Brisbane", 75),
    ("AE", "Dubai", 50),
    ("BR", "São Paulo", 32),
    ("CL", "Santiago", 18),
    ("CO", "Bogotá", 15),
)
_CHANNELS = {"alibaba": 0.7, "shopify": 0.3}
_BLUE_OCEAN = {"BR", "CL", "CO"}
_GROWTH = {True: 0.28, False: 0.04}  # over the window
_PAGES_PER_VISITOR = 3.1
_INQUIRIES_PER_VISITOR = 0.045
_ORDERS_PER_VISITOR = 0.006


def visits(scene: Scene) -> list[Visits]:
    """90 complete days."""
    rng = scene.rng("visits")
    return [
        _visited(day, channel, city, share * _trend(n, city[0]), rng)
        for n, day in enumerate(scene.days())
        for channel, share in _CHANNELS.items()
        for city in _CITIES
    ]


def _trend(n: int, country: str) -> float:
    return 1 + _GROWTH[country in _BLUE_OCEAN] * (n / HISTORY_DAYS - 0.5)


def _visited(
    day: date, channel: str, city: tuple[str, str, int], factor: float, rng: random.Random
) -> Visits:
    country, name, usual = city
    visitors = round(usual * factor * rng.uniform(0.85, 1.15))
    return Visits(
        day=day,
        channel=channel,
        country=country,
        city=name,
        visitors=visitors,
        page_views=round(visitors * _PAGES_PER_VISITOR),
        inquiries=int(visitors * _INQUIRIES_PER_VISITOR + rng.random()),
        orders=int(visitors * _ORDERS_PER_VISITOR + rng.random()),
    )
