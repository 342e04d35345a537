"""Parameters of a question: each described once, then checked and read from that.

Who asks names the `Parameter` objects that are taken; `Given` checks what came. Names are
case-insensitive and values case-sensitive (DALI 1.1, section 2.3.1); a single value that is given
twice, a name that is not taken and a value that is not allowed are errors that name all three:
parameter, value, what is allowed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar, cast

from provstore.errors import BadParameterError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MAX_REPEATS: Final = 1000
"""Most values of one repeatable parameter."""
_MAX_DIGITS: Final = 9
_SHOWN_NAME: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Domain(Generic[T_co]):
    """The values that a parameter may have."""

    read: Callable[[str], T_co]
    """The value of a text; raises ValueError where it is not allowed."""
    allowed: str
    """What is allowed, for the person whose value is not."""
    schema: Mapping[str, Any]
    """JSON Schema of one value, as OpenAPI has it."""
    vo_type: Literal["string", "integer", "boolean"] = "string"
    """Simple data type of VODataService 1.1, section 3.5."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Generic[T_co]):
    """One parameter that an endpoint takes."""

    name: str
    domain: Domain[T_co]
    description: str
    default: T_co
    """What stands where it is not given; of a repeatable one, never used."""
    repeatable: bool = False
    required: bool = False

    @property
    def explanation(self) -> str:
        """What it means and what is allowed, for documents about the interface."""
        return f"{self.description} Allowed: {self.domain.allowed}."


class Given:
    """The parameters of one request, checked against those that the endpoint takes.

    Raises
    ------
    BadParameterError
        A name is not taken, a value is not allowed, a single value is repeated, a required one is
        missing.
    """

    def __init__(
        self, taken: Sequence[Parameter[object]], pairs: Iterable[tuple[str, str]]
    ) -> None:
        self._taken = taken
        self._values: dict[str, list[object]] = {}
        by_name = {parameter.name.lower(): parameter for parameter in taken}
        for name, value in pairs:
            self._add(by_name.get(name.lower()), name, value)
        for parameter in taken:
            if parameter.required and not self.has(parameter):
                raise BadParameterError(parameter.name, "", f"required: {parameter.domain.allowed}")

    def _add(self, parameter: Parameter[object] | None, name: str, value: str) -> None:
        if parameter is None:
            known = ", ".join(taken.name for taken in self._taken) or "none"
            raise BadParameterError(name[:_SHOWN_NAME], value, f"the parameters here are {known}")
        values = self._values.setdefault(parameter.name, [])
        if len(values) >= (MAX_REPEATS if parameter.repeatable else 1):
            most = f"at most {MAX_REPEATS} times" if parameter.repeatable else "once only"
            raise BadParameterError(parameter.name, value, most)
        try:
            values.append(parameter.domain.read(value))
        except ValueError:
            raise BadParameterError(parameter.name, value, parameter.domain.allowed) from None

    def has(self, parameter: Parameter[object]) -> bool:
        """Whether the request has a value of its own for ``parameter``."""
        return parameter.name in self._values

    def one(self, parameter: Parameter[T]) -> T:
        """The value of a single-valued parameter, or its default."""
        values = self._values.get(parameter.name)
        return cast("T", values[0]) if values else parameter.default

    def every(self, parameter: Parameter[T]) -> tuple[T, ...]:
        """The values of a repeatable parameter in the order given, without repetitions."""
        return tuple(dict.fromkeys(cast("list[T]", self._values.get(parameter.name, []))))


def choice(values: Mapping[str, T], *, listed: Sequence[str] | None = None) -> Domain[T]:
    """One of a few words; ``listed`` are those shown to a person, all where it is not given."""

    def read(text: str) -> T:
        if text not in values:
            raise ValueError(text)
        return values[text]

    names = list(values if listed is None else listed)
    return Domain(read, ", ".join(names), {"type": "string", "enum": names})


def number(least: int, most: int | None = None) -> Domain[int]:
    """A whole number in decimal digits, from ``least`` to ``most``."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
            raise ValueError(text)
        value = int(text)
        if value < least or (most is not None and value > most):
            raise ValueError(text)
        return value

    allowed = f"a whole number from {least}" + ("" if most is None else f" to {most}")
    schema = {"type": "integer", "minimum": least} | ({} if most is None else {"maximum": most})
    return Domain(read, allowed, schema, "integer")


def _read_text(text: str) -> str:
    # No identifier of a stored document holds NUL, and PostgreSQL takes none as a value.
    if not text or "\0" in text:
        raise ValueError(text)
    return text


TEXT: Final = Domain(
    _read_text, "text that is not empty and holds no NUL", {"type": "string", "minLength": 1}
)
"""Any text; what it means is not looked at here."""

# Upper case as well: the demonstrator django-prov_vo wants AGENT=TRUE and its clients send it.
BOOLEAN: Final = Domain(
    choice(
        {"true": True, "1": True, "TRUE": True, "false": False, "0": False, "FALSE": False}
    ).read,
    "true, false, 1 or 0",
    {"type": "boolean"},
    "boolean",
)
"""A truth value as in DALI 1.1, section 3.3.2 (and XML Schema)."""

CURSOR: Final[Parameter[str | None]] = Parameter(
    "cursor",
    TEXT,
    "Where the page begins: take the whole URL from `next` of the page before.",
    None,
)
LIMIT: Final[Parameter[int | None]] = Parameter("limit", number(1), "Most items of the page.", None)
DEFAULT_LIMIT: Final = 100


def page_limit(given: Given, most: int) -> int:
    """How many items a page of a list has: what was asked for, else 100.

    Raises
    ------
    BadParameterError
        More than ``most`` are asked for.
    """
    return limit_of(given, most, min(DEFAULT_LIMIT, most))


def limit_of(given: Given, most: int, default: int) -> int:
    """How many items an answer has at most: what was asked for, else ``default``.

    Raises
    ------
    BadParameterError
        More than ``most`` are asked for.
    """
    asked = given.one(LIMIT)
    if asked is None:
        return default
    if asked > most:
        raise BadParameterError(LIMIT.name, str(asked), f"a whole number from 1 to {most}")
    return asked
