"""Reading one shop page: what it is, what it costs, and where that was found."""
