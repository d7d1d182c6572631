"""What the rooms share: settings, the ledger, the plan's arithmetic, texts."""
