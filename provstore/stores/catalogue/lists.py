"""Lists as one parameter of a statement, whatever the engine.

SQLite reads them as JSON, which is the only table it makes of a parameter. PostgreSQL compares with
an array, whose length its planner sees; tuples come as JSON there too.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Dialect, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

_TEXTS: Final = ARRAY(Text())
_AS_ARRAY: Final = str.maketrans("[]", "{}")


class ListOf(TypeDecorator[Sequence[Any]]):
    """A list of numbers or of texts, as the column has that it is compared with.

    Numbers go to PostgreSQL as the text of an array: its driver looks at each of them, which takes
    longer than the search for what they name.
    """

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.is_text = isinstance(of, String)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array of texts on PostgreSQL, else text."""
        is_array = self.is_text and dialect.name == "postgresql"
        return dialect.type_descriptor(_TEXTS if is_array else Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:  # noqa: ANN401  what the driver takes
        """The list as the driver takes it."""
        is_array = dialect.name == "postgresql"
        if value is None or (is_array and self.is_text):
            return value
        text = orjson.dumps(value).decode()
        return text.translate(_AS_ARRAY) if is_array else text


class ListOfRows(TypeDecorator[Sequence[Sequence[int | None]]]):
    """A list of tuples of integers."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self, value: Sequence[Sequence[int | None]] | None, dialect: Dialect
    ) -> str | None:
        """The list as JSON text."""
        del dialect
        return None if value is None else orjson.dumps(value).decode()


class Among(FunctionElement[Any]):
    """Whether a value is in a list.

    Not typed as a boolean: for an engine that has none `IN (…) = 1` would be written, which reads
    no index.
    """

    type = NullType()
    inherit_cache = True
    name = "among"


class Each(FunctionElement[Any]):
    """The members of a list, as rows."""

    inherit_cache = True
    name = "each"


class Cell(FunctionElement[int]):
    """One of the integers of a row."""

    type = BigInteger()
    inherit_cache = True
    name = "cell"


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> list[str]:  # noqa: ANN401  the compiler's own
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(Among, "sqlite")
def _among_json(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    column, values = _arguments(element, compiler, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  compiled parts


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    column, values = _arguments(element, compiler, **options)
    kept = next(iter(element.clauses.clauses[1:])).type
    of = "TEXT" if isinstance(kept, ListOf) and kept.is_text else "BIGINT"
    return f"{column} = ANY(CAST({values} AS {of}[]))"


@compiles(Each, "sqlite")
def _each_json(element: Each, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    [values] = _arguments(element, compiler, **options)
    return f"json_each({values})"


@compiles(Each, "postgresql")
def _each_jsonb(element: Each, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    [values] = _arguments(element, compiler, **options)
    return f"jsonb_array_elements(CAST({values} AS jsonb))"


@compiles(Cell, "sqlite")
def _cell_json(element: Cell, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    row, index = _arguments(element, compiler, **options)
    return f"json_extract({row}, '$[{index}]')"


@compiles(Cell, "postgresql")
def _cell_jsonb(element: Cell, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    row, index = _arguments(element, compiler, **options)
    return f"CAST({row} ->> {index} AS BIGINT)"
