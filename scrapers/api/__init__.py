"""What the connectors of `scrapers/sources` share: questions to a service's API."""
