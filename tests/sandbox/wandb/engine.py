"""The GraphQL engine: graphql-core over schema/, cut down to what a generation of the server knows."""
import json
import logging
import re
import traceback
from functools import lru_cache
from pathlib import Path

from ..process import MissingPackage

try:
    import graphql
    from graphql.language import ast
    from graphql.type.definition import GraphQLInterfaceType, GraphQLObjectType, GraphQLScalarType, GraphQLUnionType
    from graphql.utils.ast_from_value import ast_from_value  # noqa: F401  absent from graphql-core 3, which has other names throughout
except ImportError as error:
    raise MissingPackage("python3-graphql-core") from error

logging.getLogger("graphql").setLevel(logging.CRITICAL)   # it writes every refusal with a traceback; told() writes what is no refusal

GENERATIONS = {"old": set(), "mid": {"mid"}, "new": {"mid", "new"}}
SCHEMA = Path(__file__).with_name("schema")
RESOLVERS = {}   # "Type.field" → function(parent, info, **arguments)


def field(name):
    """Declares the function that answers the field; what has none is an attribute of the same name in snake_case."""
    def declare(function):
        assert name not in RESOLVERS, name
        RESOLVERS[name] = function
        return function
    return declare


class ApiError(Exception):
    """A refusal of the API, as GraphQL error and as HTTP status."""

    def __init__(self, message, status=400, code=None):
        super().__init__(message)
        self.status, self.code = status, code


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z]+)", lambda found: "_" + found[1], name).lower()


def attribute(name):
    key = snake(name)
    return lambda parent, info, **arguments: parent.get(name) if isinstance(parent, dict) else getattr(parent, key)


def in_pages(resolver):
    """No page is longer than the server allows, whatever is asked for."""
    def limited(parent, info, **arguments):
        most = info.context.standin.behaviour.most_per_page
        if arguments.get("last") is None:
            arguments["first"] = min(most, arguments["first"] if arguments.get("first") is not None else most)
        return resolver(parent, info, **arguments)
    return limited


# -- scalars

def literal(node):
    """A scalar written out in the document, as Python has it."""
    if isinstance(node, ast.ListValue):
        return [literal(value) for value in node.values]
    if isinstance(node, ast.ObjectValue):
        return {part.name.value: literal(part.value) for part in node.fields}
    if isinstance(node, (ast.IntValue, ast.FloatValue)):
        return json.loads(node.value)
    return node.value


def text(value):
    return value if isinstance(value, str) else json.dumps(value)


SCALARS = {"JSON": lambda value: value, "JSONString": text, "DateTime": str, "Int64": int}


def fill_scalar(kind):
    serialize = SCALARS[kind.name]
    kind.serialize, kind.parse_literal = serialize, literal
    kind.parse_value = int if kind.name == "Int64" else lambda value: value


# -- the schema of a generation

@lru_cache(maxsize=1)
def sources():
    return "".join(path.read_text() for path in sorted(SCHEMA.glob("*.graphql")))


def whole():
    """The files of the schema as one document, in which Query and Mutation are defined once."""
    document = graphql.parse(sources())
    roots, kept = {}, []
    for part in document.definitions:
        if not isinstance(part, ast.TypeExtensionDefinition):
            kept.append(part)
        elif part.definition.name.value in roots:
            roots[part.definition.name.value].fields += part.definition.fields
        else:
            roots[part.definition.name.value] = part.definition
            kept.append(part.definition)
    document.definitions = kept
    return document


def marks(node):
    return {directive.name.value for directive in node.directives or []}


def known(nodes, path, have, without):
    return [node for node in nodes if marks(node) <= have and f"{path}.{node.name.value}" not in without]


def cut(document, have, without):
    """Leaves out what the generation lacks: a definition, a field, an argument, a field of an input."""
    document.definitions = [d for d in document.definitions if isinstance(d, (ast.SchemaDefinition, ast.DirectiveDefinition))
                            or marks(d) <= have and d.name.value not in without]
    for definition in document.definitions:
        if isinstance(definition, (ast.ObjectTypeDefinition, ast.InterfaceTypeDefinition, ast.InputObjectTypeDefinition)):
            definition.fields = known(definition.fields, definition.name.value, have, without)
            for part in definition.fields:
                if getattr(part, "arguments", None):
                    part.arguments = known(part.arguments, f"{definition.name.value}.{part.name.value}", have, without)
    return reachable(document)


def named(node):
    """The name of a type without its lists and exclamation marks."""
    while not hasattr(node, "name"):
        node = node.type
    return node.name.value


def reachable(document):
    """Leaves out the types that nothing leads to any more: the server does not know them either."""
    types = {d.name.value: d for d in document.definitions if not isinstance(d, (ast.SchemaDefinition, ast.DirectiveDefinition))}
    seen, queue = set(), ["Query", "Mutation"]
    while queue:
        name = queue.pop()
        if name in seen or name not in types:
            continue
        seen.add(name)
        definition = types[name]
        for part in getattr(definition, "fields", None) or []:
            queue += [named(part.type), *(named(argument.type) for argument in getattr(part, "arguments", None) or [])]
        queue += [named(kind) for kind in [*(getattr(definition, "interfaces", None) or []), *(getattr(definition, "types", None) or [])]]
        queue += [other.name.value for other in types.values() if name in map(named, getattr(other, "interfaces", None) or [])]
    document.definitions = [d for d in document.definitions if isinstance(d, (ast.SchemaDefinition, ast.DirectiveDefinition)) or d.name.value in seen]
    return document


@lru_cache(maxsize=16)
def schema_of(generation, without=frozenset()):
    """The schema; `without` names further types, fields (`Run.logLines`) and arguments (`Project.run.desc`) that it lacks."""
    schema = graphql.build_ast_schema(cut(whole(), GENERATIONS[generation], without))
    for name, kind in schema.get_type_map().items():
        if isinstance(kind, GraphQLScalarType) and name in SCALARS:
            fill_scalar(kind)
        elif isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
            kind.resolve_type = lambda value, info: info.schema.get_type(type(value).__name__)
        elif isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            for key, part in kind.fields.items():
                resolver = RESOLVERS.get(f"{name}.{key}") or attribute(key)
                part.resolver = in_pages(resolver) if "first" in part.args else resolver
    return schema


@lru_cache(maxsize=512)
def parsed(query):
    return graphql.parse(query)


# -- a request

def told(error):
    """An error as the answer shows it."""
    shown = {"message": str(getattr(error, "message", None) or error)}
    places = getattr(error, "locations", None)
    if places:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in places]
    if getattr(error, "path", None):
        shown["path"] = error.path
    original = getattr(error, "original_error", None)
    if original and not isinstance(original, (ApiError, graphql.GraphQLError)):
        traceback.print_exception(original)
    if isinstance(original, ApiError) and original.code:
        shown["extensions"] = {"code": original.code}
    return shown


def root_fields(document, operation_name):
    """The fields asked of Query or Mutation: what the request is about."""
    operations = [d for d in document.definitions if isinstance(d, ast.OperationDefinition)]
    chosen = [d for d in operations if d.name and d.name.value == operation_name] or operations
    return [s.name.value for s in chosen[0].selection_set.selections if isinstance(s, ast.Field)] if chosen else []


def run(schema, query, variables, operation_name, context):
    """(HTTP status, answer)."""
    try:
        document = parsed(query)
    except graphql.GraphQLError as error:
        return 400, {"errors": [told(error)]}
    errors = graphql.validate(schema, document)
    if errors:
        return 400, {"errors": [told(error) for error in errors]}
    try:
        result = graphql.execute(schema, document, context_value=context, variable_values=variables or {}, operation_name=operation_name or None)
    except graphql.GraphQLError as error:   # a variable that does not fit
        return 400, {"errors": [told(error)]}
    if not result.errors:
        return 200, {"data": result.data}
    originals = [getattr(error, "original_error", None) for error in result.errors]
    status = next((error.status for error in originals if isinstance(error, ApiError)), 400 if result.invalid or not any(originals) else 500)
    return status, {"data": result.data, "errors": [told(error) for error in result.errors]}
