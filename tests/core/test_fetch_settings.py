"""`fetch` of config.yaml: what does not fit is told in words."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.sections import FetchSettings
from tests.support.fetching import SETTINGS

USUAL = SETTINGS.model_dump()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"proxy": "berlin"}, "fetch.proxies has no 'berlin'"),
        ({"hosts": {"a.example": {"proxy": "berlin"}}}, "fetch.proxies has no 'berlin'"),
        ({"hosts": {"a.example": {"render": True}}}, "needs fetch.renderer"),
        ({"hosts": {"a.example": {"selectors": {"prise": ".x"}}}}, "did you mean 'price'"),
        ({"hosts": {"https://a.example": {}}}, "without http://"),
        ({"hosts": {"A.example": {}}}, "small letters"),
        ({"proxies": {"berlin": "http://user:secret@proxy.example:3128"}}, "should match pattern"),
        ({"renderer": "ftp://render.example"}, "should match pattern"),
        ({"contact": "ops@harborlane.example\r\nX: y"}, "should match pattern"),
        ({"connections_per_host": 0}, "greater than or equal to 1"),
    ],
)
def test_what_does_not_fit_is_told(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        FetchSettings.model_validate(USUAL | values)
