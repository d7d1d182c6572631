"""The questions put to the ledger: one file a check.

A check's file has `Settings`, its stanza of config.yaml, and `find`, which returns all that is
wrong at a moment. Its name is the file's name; its template stands in templates/alerts/.
"""
