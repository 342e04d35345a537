"""YAML read strictly, into the same values as strict JSON: numbers keep their form.

Only what JSON could say is read (YAML 1.2, section 10.2): aliases, tags, merges and several
documents in one file are refused, since they can build what was never written, or other types than
were meant.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import yaml

from provstore.importers.base import Findings
from provstore.importers.strict_json import Integer, Json, Real

_MOST_DEPTH: Final = 100
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_REAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: Final[dict[str, Json]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BAD_CHARACTER: Final = re.compile("[\0\ud800-\udfff]")


class _RefusedError(Exception):
    """What stands at a mark is not read."""

    def __init__(self, rule: str, mark: yaml.Mark, value: str, message: str) -> None:
        self.rule, self.mark, self.value, self.message = rule, mark, value, message
        super().__init__(message)


class _Open(NamedTuple):
    """A list or mapping of which not all is read."""

    content: "list[Json] | dict[str, Json]"
    keys: list[str]
    """The key that waits for its value, or nothing."""


def read_yaml(text: str, findings: Findings, *, passes_tags: bool = False) -> Json:
    """The one value that a YAML text holds; None, with a finding, where it cannot be read.

    ``passes_tags`` reads what is tagged as if it were not: for headers of ECSV, whose tags only say
    of which class of astropy a plain list or mapping is.
    """
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    try:
        return _value(yaml.parse(text, Loader=loader), passes_tags=passes_tags)
    except _RefusedError as refusal:
        findings.error(refusal.rule, _place(refusal.mark), refusal.value, refusal.message)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = "" if mark is None else _place(mark)
        findings.error("yaml/syntax", place, "", f"not YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:
        findings.error("yaml/syntax", "", "", f"not YAML: {str(error).splitlines()[0]}")
    return None


def _place(mark: yaml.Mark) -> str:
    return f"{mark.line + 1}:{mark.column + 1}"


def _value(events: Iterator[yaml.Event], *, passes_tags: bool) -> Json:
    root: list[Json] = []
    stack = [_Open(root, [])]
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                message = "the file holds several documents; one is read"
                raise _RefusedError("yaml/documents", event.start_mark, "---", message)
        elif isinstance(event, yaml.AliasEvent):
            message = "aliases are not read: a few of them can stand for any amount of data"
            raise _RefusedError("yaml/alias", event.start_mark, f"*{event.anchor}", message)
        elif isinstance(event, yaml.ScalarEvent):
            _check_tag(event, passes_tags=passes_tags)
            _put(stack[-1], _scalar(event), event)
        elif isinstance(event, yaml.CollectionStartEvent):
            _check_tag(event, passes_tags=passes_tags)
            stack.append(_opened(stack, event))
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
    return root[0] if root else None


def _opened(stack: list[_Open], event: yaml.CollectionStartEvent) -> _Open:
    if len(stack) > _MOST_DEPTH:
        message = f"lists and mappings are nested more than {_MOST_DEPTH} deep"
        raise _RefusedError("yaml/too-deep", event.start_mark, "", message)
    content: list[Json] | dict[str, Json] = {}
    if isinstance(event, yaml.SequenceStartEvent):
        content = []
    _put(stack[-1], content, event)
    return _Open(content, [])


def _put(holder: _Open, value: Json, event: yaml.NodeEvent) -> None:
    """Add a value where it belongs: to a list, as a key, or under the key that waits."""
    if isinstance(holder.content, list):
        holder.content.append(value)
    elif holder.keys:
        holder.content[holder.keys.pop()] = value
    elif not isinstance(event, yaml.ScalarEvent):
        raise _RefusedError("yaml/key", event.start_mark, "", "a key must be a single value")
    elif event.value in holder.content:
        message = "the key is told twice in one mapping"
        raise _RefusedError("yaml/duplicate-key", event.start_mark, event.value, message)
    elif event.value == "<<" and not event.style:
        raise _RefusedError("yaml/merge", event.start_mark, "<<", "merges are not read")
    else:
        holder.keys.append(event.value)


def _scalar(event: yaml.ScalarEvent) -> Json:
    text: str = event.value
    if _BAD_CHARACTER.search(text):
        message = "a NUL character or half of a surrogate pair cannot be stored"
        raise _RefusedError("yaml/character", event.start_mark, ascii(text)[1:-1], message)
    if event.style or not event.implicit[0]:  # quoted, a block of text, or tagged
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return Integer(text)
    return Real(text) if _REAL.match(text) else text


def _check_tag(event: yaml.NodeEvent, *, passes_tags: bool) -> None:
    tag = event.tag
    if tag is not None and tag != "!" and not passes_tags:
        raise _RefusedError("yaml/tag", event.start_mark, tag, "tags are not read")
