"""Why there is an alert: the rule, its numbers, their sources, the configuration, the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.alert_text import own_block, template_of
from bot.step_text import history_values
from core.jobs import CheckSettings
from core.ledger.life.history import steps_of
from core.ledger.life.provenance import Origin, origins
from core.ledger.life.standing import times_opened
from core.ledger.tables import Alert, AlertStep
from core.markup import Trusted
from core.settings import Settings
from core.texts import has_block, render
from core.values import Locale

RULE = "rule"
"""The block of a check's template that says in words when it finds something."""
_COMMON = CheckSettings.model_fields
"""What every check has."""


@dataclass(frozen=True)
class Why:
    """What is known of an alert's reasons."""

    alert: Alert
    origins: Sequence[Origin]
    places: Sequence[str]
    """Where the numbers stand that decided: `config.yaml:142 factor: 1.8`."""
    times: int
    """How often it came in `within`, this time included."""
    within: timedelta
    steps: Sequence[AlertStep]


def gather(ledger: Session, settings: Settings, alert: Alert, now: datetime) -> Why:
    """Return an alert's reasons."""
    within = settings.alerts.history
    return Why(
        alert=alert,
        origins=origins(ledger, alert.provenance),
        places=_places(settings, alert),
        times=times_opened(ledger, alert, now - within),
        within=within,
        steps=steps_of(ledger, alert),
    )


def rule_text(alert: Alert, settings: Settings, locale: Locale) -> str:
    """Return the check's rule in words; nothing where it has none, or was switched off since."""
    stanza = settings.check(alert.check)
    if stanza is None or not has_block(template_of(alert), RULE):
        return ""
    return own_block(alert, settings, locale, RULE, limits=stanza.model_dump())


def why_text(why: Why, settings: Settings, locale: Locale) -> str:
    """Return the reasons as a text, in the markup of `core.markup`."""
    alert = why.alert
    values = {
        "rule": Trusted(rule_text(alert, settings, locale)),
        "numbers": Trusted(own_block(alert, settings, locale, "body")),
        "origins": why.origins,
        "places": why.places,
        "times": why.times,
        "within": why.within,
    }
    return _said("body", values, alert, settings, locale)


def happened_text(why: Why, settings: Settings, locale: Locale) -> str:
    """Return the alert's last steps as a text."""
    values = history_values(why.alert, why.steps, settings, locale)
    return _said("happened", values, why.alert, settings, locale)


def _said(
    block: str, values: Mapping[str, Any], alert: Alert, settings: Settings, locale: Locale
) -> str:
    zone = settings.store_of(alert.store).zone
    return render("alerts/_why", block, values, locale=locale, zone=zone)


def _places(settings: Settings, alert: Alert) -> list[str]:
    """Return where the numbers stand that only this check has; of old facts, how old they may be.

    Nothing where the check was switched off since.
    """
    stanza = settings.check(alert.check)
    if stanza is None:
        return []
    kinds = alert.facts.get("kinds") or [str(alert.facts.get("what"))]
    if alert.blind and stanza.stale_after.keys() & set(kinds):
        places = [settings.place("checks", alert.check, "stale_after", kind) for kind in kinds]
    else:
        own = [name for name in type(stanza).model_fields if name not in _COMMON]
        places = [settings.place("checks", alert.check, name) for name in own]
    return list(filter(None, places))
