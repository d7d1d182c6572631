"""What polite fetching consists of; `scrapers.fetch` is its door."""
