"""What free fields say of a person or a host, which goes into no statement."""

import re
from collections.abc import Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.strict_json import Json

_WORDS: Final = frozenset({
    "account", "address", "argv", "cmdline", "command", "credentials", "cwd", "domain", "email",
    "env", "environ", "environment", "executable", "home", "homedir", "host", "hostname",
    "hosts", "ip", "login", "mac", "machine", "mail", "node", "nodename", "packages", "passwd",
    "password", "pwd", "secret", "token", "user", "username", "users",
})  # fmt: skip
_RULE: Final = "cta/personal"
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
E_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[A-Za-z]")
"""Each character of a text is looked at once, however long its words are."""


def without_personal(
    tree: Mapping[str, Json], place: str, findings: Findings, rule: str = _RULE
) -> Mapping[str, Json]:
    """The tree without what its keys, or an e-mail address in it, show to be personal.

    What was left out is told in an info by that rule, by its keys only.
    """
    kept, left_out = _kept(tree)
    if left_out:
        note_personal(findings, place, ", ".join(dict.fromkeys(left_out)), rule)
    return kept


def note_personal(findings: Findings, place: str, names: str, rule: str = _RULE) -> None:
    """Note under which keys something was left out; never what it was."""
    message = "what tells of a person or a host is left out of the statements"
    findings.info(rule, place, names, message)


def _kept(tree: Mapping[str, Json]) -> tuple[dict[str, Json], list[str]]:
    kept: dict[str, Json] = {}
    left_out: list[str] = []
    for key, told in tree.items():
        if is_personal(key) or _has_address(told):
            left_out.append(key)
        elif isinstance(told, dict):
            kept[key], inner = _kept(told)
            left_out += inner
        else:
            kept[key] = told
    return kept, left_out


def is_personal(key: str) -> bool:
    """Whether a key is by its words one of a user, a host or a command line."""
    return any(word.lower() in _WORDS for word in _WORD.findall(key))


def _has_address(told: Json) -> bool:
    if isinstance(told, list):
        return any(map(_has_address, told)) or any(
            is_personal(key) or _has_address(value)
            for item in told
            if isinstance(item, dict)
            for key, value in item.items()
        )
    return isinstance(told, str) and E_MAIL.search(told) is not None
