"""The life of an alert: opened by what a check found, answered by a person, told until it ends.

Each function works inside the caller's transaction, with a `Watch`: the settings, who is here, the
moment. So an alert, its step and the posts it owes are stored together or not at all (law 3).
"""
