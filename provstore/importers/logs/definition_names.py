"""Names of descriptions: those by which a log and the definition behind it mean the same one.

A definition has names that mean something to the software that is traced, not to the world: all of
them are local to the source. The log of the same source uses the same names.
"""

from urllib.parse import quote

_ROOT = "description"


def activity_description_name(activity: str) -> str:
    """Of the description of an activity, whatever its version."""
    return _path("activity", activity)


def entity_description_name(entity: str) -> str:
    """Of the description of a kind of entity."""
    return _path("entity", entity)


def part_name(activity: str, section: str, name: str) -> str:
    """Of a parameter, usage or generation of an activity."""
    return _path("activity", activity, section, name)


def agent_name(agent: str) -> str:
    """Of an agent, who may act in a log as well."""
    return "agent/" + agent


def _path(*words: str) -> str:
    return "/".join([_ROOT, *(quote(word, safe="") for word in words)])
