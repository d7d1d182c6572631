"""Block Kit: what Slack accepts as blocks and views, with every limit.

Limits: the reference pages of Slack's Block Kit (blocks, block elements, composition objects).
"""

from sandbox.slack.block_kit.validation import accept_blocks, accept_view

__all__ = ["accept_blocks", "accept_view"]
