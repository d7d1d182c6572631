"""A GraphQL service over data that a test makes: answered as asked, and held to a schema.

Data are dicts; a field that takes arguments is a function of them. The schema lies beside the
project, never in it: where it is absent, what needs it is skipped.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import httpx
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    execute_sync,
    parse,
    validate,
    value_from_ast_untyped,
)

from tests.support.contracts import contract

Data = Mapping[str, Any]
Answer = Callable[[httpx.Request], httpx.Response]


@cache
def schema(name: str) -> GraphQLSchema:
    """Return a service's schema as its packed SDL describes it; a second or two, once a process."""
    text = gzip.decompress(contract(name).read_bytes()).decode()
    return build_schema(text, assume_valid=True, no_location=True)


class HeldToSchema(httpx.AsyncBaseTransport):
    """Lets a query and its answer pass only as the schema has them. Raises GraphQLError."""

    def __init__(self, service: GraphQLSchema, answer: Answer) -> None:
        self.service, self.answer = service, answer
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        asked = json.loads(request.content)
        document = parse(asked["query"])
        raise_first(validate(self.service, document))
        answer = self.answer(request)
        told = json.loads(await answer.aread())["data"]
        again = execute_sync(self.service, document, Told(told), variable_values=asked["variables"])
        raise_first(again.errors)
        assert again.data == told, "the answer has more or other fields than were asked for"
        return answer


class Told(dict[str, Any]):
    """An answer whose fields stand under their names."""


def raise_first(errors: list[GraphQLError] | None) -> None:
    """Raise the first error, if there is one."""
    if errors:
        raise errors[0]


def answered(query: str, variables: Data, root: Data) -> dict[str, Any]:
    """Return what a query asks of the data, field by field."""
    document = parse(query)
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return _Reading(variables, fragments).picked(operation.selection_set, root)


class _Reading:
    def __init__(self, variables: Data, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.variables, self.fragments = dict(variables), fragments

    def picked(self, wanted: SelectionSetNode, source: Data) -> dict[str, Any]:
        picked: dict[str, Any] = {}
        for one in wanted.selections:
            if isinstance(one, FragmentSpreadNode):
                fragment = self.fragments[one.name.value]
                picked |= self.picked(fragment.selection_set, source)
            elif isinstance(one, FieldNode) and self.is_included(one):
                picked[one.name.value] = self.value(one, source)
        return picked

    def is_included(self, field: FieldNode) -> bool:
        return all(
            value_from_ast_untyped(condition.value, self.variables)
            for directive in field.directives or ()
            for condition in directive.arguments or ()
        )

    def value(self, field: FieldNode, source: Data) -> Any:
        value = source[field.name.value]
        if callable(value):
            value = value(
                **{
                    argument.name.value: value_from_ast_untyped(argument.value, self.variables)
                    for argument in field.arguments or ()
                }
            )
        if field.selection_set is None or value is None:
            return value
        if isinstance(value, list):
            return [self.picked(field.selection_set, one) for one in value]
        return self.picked(field.selection_set, value)
