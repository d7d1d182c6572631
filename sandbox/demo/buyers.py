"""The businesses that buy: regulars, a few that only ask, and two that fell silent (plan D3)."""

from sandbox.demo.records import Buyer
from sandbox.demo.team import SALES

# Contact, company, mail domain, country, language, industry, WhatsApp.
_BUYERS = (
    ("Jonas Hoffmann", "Alpencamp GmbH", "alpencamp", "DE", "de", "outdoor", "491550100101"),
    ("Miriam Vogel", "Solarhof KG", "solarhof", "DE", "de", "solar", "491550100102"),
    ("Tim Brandt", "Vanlife Nord", "vanlife-nord", "DE", "de", "rv", "491550100103"),
    ("Rachel Moore", "Ridgeline Outfitters", "ridgeline", "US", "en", "outdoor", "12025550104"),
    ("Kyle Jensen", "Desert RV Supply", "desert-rv", "US", "en", "rv", "12025550105"),
    ("Dana Whitfield", "Gulf Storm Ready", "stormready", "US", "en", "emergency", "12025550106"),
    ("Marcus Hill", "Tailgate Depot", "tailgate", "US", "en", "outdoor", "12025550107"),
    ("Priya Shah", "Northbay Solar", "northbay", "US", "en", "solar", "12025550108"),
    ("Olivia Grant", "Cabin & Co", "cabinco", "CA", "en", "outdoor", "16135550109"),
    ("Luc Tremblay", "Plein Air Laval", "pleinair", "CA", "en", "outdoor", "16135550110"),
    ("Callum Reid", "Highland Campers", "highland", "GB", "en", "rv", "447700900111"),
    ("Hannah Price", "Fieldpower", "fieldpower", "GB", "en", "events", "447700900112"),
    ("Lucía Ortega", "Camping Levante", "levante", "ES", "es", "outdoor", "34600000113"),
    ("Andrés Gil", "Autocaravanas Sur", "autosur", "ES", "es", "rv", "34600000114"),
    ("Valeria Soto", "Andes Energía", "andes", "CL", "es", "solar", "56900000115"),
    ("Camilo Rojas", "Ruta Norte", "rutanorte", "CO", "es", "outdoor", "57300000116"),
    ("Fernando Cruz", "Baja Outdoor", "baja", "MX", "es", "outdoor", "52550000117"),
    ("Beatriz Lima", "Sol do Campo", "soldocampo", "BR", "pt", "solar", "55110000118"),
    ("Rafael Nunes", "Trilha Brasil", "trilha", "BR", "pt", "outdoor", "55110000119"),
    ("Inês Carvalho", "Atlântico Camping", "atlantico", "PT", "pt", "outdoor", "35191000120"),
    ("Haruto Mori", "Yamabiko", "yamabiko", "JP", "ja", "outdoor", "81900000121"),
    ("Yui Tanabe", "Bosai Works", "bosai", "JP", "ja", "emergency", "81900000122"),
    ("Ren Kuroda", "Camp Base Kobe", "campbase", "JP", "ja", "outdoor", "81900000123"),
    ("Mei Ling Tan", "Straits Power", "straits", "SG", "zh", "solar", "6580000124"),
    ("Ahmed Farouk", "Dune Camp", "dunecamp", "AE", "en", "rv", "971500000125"),
    ("Sara Lindqvist", "Fjäll Utrustning", "fjall", "SE", "en", "outdoor", "46700000126"),
    ("Pieter Bakker", "Kampeerhal", "kampeerhal", "NL", "en", "outdoor", "31600000127"),
    ("Chloe Nguyen", "Outback Supply", "outback", "AU", "en", "rv", "61400000128"),
    ("Marek Zielinski", "Energia Mobilna", "emobilna", "PL", "en", "solar", "48500000129"),
    ("Giulia Ferri", "Campeggio Ferri", "ferri", "IT", "en", "outdoor", "39300000130"),
    ("Nathan Cole", "Prairie Prep", "prairieprep", "US", "en", "emergency", "12025550131"),
    ("Eva Richter", "Festivalstrom", "festivalstrom", "DE", "de", "events", "491550100132"),
)
_QUIET = 2
_ONLY_ASKING = 8


def buyers() -> list[Buyer]:
    """All buyers; each belongs to one of the four sales people."""
    return [
        Buyer(
            email=f"purchasing@{domain}.example",
            name=name,
            company=company,
            country=country,
            industry=industry,
            language=language,
            whatsapp=f"+{phone}",
            owner=SALES[n % len(SALES)],
        )
        for n, (name, company, domain, country, language, industry, phone) in enumerate(_BUYERS)
    ]


def regulars(all_buyers: list[Buyer]) -> list[Buyer]:
    """Buyers who order every few weeks."""
    return all_buyers[: -_ONLY_ASKING - _QUIET]


def asking(all_buyers: list[Buyer]) -> list[Buyer]:
    """Buyers who ask for quotes and samples: everyone but the quiet ones."""
    return all_buyers[:-_QUIET]


def quiet(all_buyers: list[Buyer]) -> list[Buyer]:
    """Tier A buyers who have been silent for more than 30 days."""
    return all_buyers[-_QUIET:]
