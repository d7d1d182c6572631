"""Who of the team answers for what: the e-mail addresses that records name as owner."""

_DOMAIN = "harborlane.example"


def _addresses(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}@{_DOMAIN}" for name in names)


SALES = _addresses("wang.fang", "liu.yang", "emma.clarke", "daniel.novak")
ORDER_FOLLOWERS = _addresses("huang.lei", "xu.jing")
