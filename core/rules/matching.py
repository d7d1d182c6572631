"""Which article each of many pages is most like: thousands of articles, thousands of pages."""

import math
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from core.rules.likeness import Item, Likeness, Weighing, likeness

LOOKED_AT = 20
"""Articles that a page is compared with closely: those that look most like it at a glance."""

AT_ONCE = 500
"""Pages that are glanced at together: memory is bounded."""

SAME_NUMBER = 0.8
"""What a number in common counts at a glance, beside 2 for the same words."""

Key = TypeVar("Key", bound=Hashable)


class Match(NamedTuple, Generic[Key]):
    """The article that a page is most like; `rival` is another one that is as like it."""

    page: Key
    sku: str
    likeness: Likeness
    rival: str | None


def matches(
    articles: Mapping[str, Item],
    pages: Mapping[Key, Item],
    weighing: Weighing,
    *,
    least: float,
    lead: float,
    never: Mapping[Key, Collection[str]],
) -> Iterator[Match[Key]]:
    """Yield the best article of each page that reaches `least`.

    One that is not clearly ahead (`lead`) of the next has it as its rival. `never` names, by page,
    articles that a person said it is not.
    """
    skus, items = list(articles), list(articles.values())
    for page, glanced in zip(pages, _glance(items, list(pages.values()), weighing), strict=True):
        refused = never.get(page, ())
        alike = [
            (likeness(items[index], pages[page], weighing), skus[index])
            for index in glanced
            if skus[index] not in refused
        ]
        alike.sort(key=lambda pair: (not pair[0].is_certain, -pair[0].score, pair[1]))
        if not alike or alike[0][0].score < least:
            continue
        (best, sku), *others = alike
        rivals = (other for each, other in others if not best.is_ahead_of(each, lead))
        yield Match(page, sku, best, next(rivals, None))


def _glance(
    articles: Sequence[Item], pages: Sequence[Item], weighing: Weighing
) -> Iterator[list[int]]:
    """Yield, for each page, the articles to look at: nearest by words and numbers, or bar code."""
    if not any(item.readings for item in articles):
        yield from ([] for _ in pages)
        return
    index = _Index(articles, weighing)
    for start in range(0, len(pages), AT_ONCE):
        yield from index.nearest(pages[start : start + AT_ONCE])


class _Index:
    """Articles by the words and numbers of their names: what `likeness` says of titles, at once."""

    def __init__(self, articles: Sequence[Item], weighing: Weighing) -> None:
        import numpy as np  # noqa: PLC0415  (heavy)

        names = [(number, each) for number, item in enumerate(articles) for each in item.readings]
        self._count, self._weighing = len(articles), weighing
        self._names = [name.in_order for _, name in names]
        self._owners = np.array([owner for owner, _ in names], dtype=int)
        self._sizes = np.array([max(len(name.words), 1) for _, name in names], dtype=float)
        self._words = _gathered(
            (word, i) for i, (_, name) in enumerate(names) for word in name.words
        )
        self._numbers = _gathered(
            (bucket, i)
            for i, item in enumerate(articles)
            for bucket in {_bucket(number, weighing) for number in _numbers(item)}
        )
        self._codes = _gathered((item.code, i) for i, item in enumerate(articles) if item.code)

    def nearest(self, pages: Sequence[Item]) -> Iterator[list[int]]:
        """Yield for each page the articles most like it; first those with its bar code."""
        import numpy as np  # noqa: PLC0415  (heavy)
        from rapidfuzz import fuzz, process  # noqa: PLC0415  (heavy)

        titles = [" ".join(each.in_order for each in page.readings) for page in pages]
        whole = process.cdist(titles, self._names, scorer=fuzz.ratio, dtype=np.float32)
        for page, row in zip(pages, whole, strict=True):
            shared = np.zeros(len(self._names))
            for word in {word for reading in page.readings for word in reading.words}:
                shared[self._words.get(word, [])] += 1
            points = np.zeros(self._count)
            np.maximum.at(points, self._owners, shared / self._sizes + row / 100)
            for bucket in {near for number in _numbers(page) for near in self._near(number)}:
                points[self._numbers.get(bucket, [])] += SAME_NUMBER
            best = np.argsort(-points, kind="stable")[:LOOKED_AT].tolist()
            yield [*dict.fromkeys([*self._codes.get(page.code, []), *best])]

    def _near(self, number: Decimal) -> tuple[int, ...]:
        bucket = _bucket(number, self._weighing)
        return bucket - 1, bucket, bucket + 1


def _gathered(pairs: Iterable[tuple[Any, int]]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = defaultdict(list)
    for key, index in pairs:
        found[key].append(index)
    return dict(found)


def _numbers(item: Item) -> set[Decimal]:
    return {*item.bare, *(each for values in item.measures.values() for each in values)} - {0}


def _bucket(number: Decimal, weighing: Weighing) -> int:
    """Return where a number is filed: those that differ by the tolerance are neighbours."""
    return math.floor(math.log(number) / math.log1p(weighing.tolerance))
