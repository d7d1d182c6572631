"""Watchkeeper watches itself: how its parts are, and who hears when they are not well."""
