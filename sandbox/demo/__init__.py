"""The demo store: files of a believable shop, with troubles planted on purpose and listed."""
