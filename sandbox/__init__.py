"""A local stand-in for the outside: Slack, a mailbox, WhatsApp and a competitor's shop.

It knows nothing of the product it is used with, keeps everything in memory, listens on
127.0.0.1 only, and forgets when it ends.
"""
