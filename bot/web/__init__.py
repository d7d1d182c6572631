"""The service's own pages: health, metrics, and Slack's requests in HTTP mode."""
