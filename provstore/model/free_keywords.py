"""Keywords that no rule names: any parameter, and any attribute of activities and agents.

``activity:version`` is the version of any activity upstream, ``activity/ctapipe-*:version`` that of
activities whose name fits the pattern, ``param:alpha`` the value of a parameter, of some activities
alone as ``param/make-spectrum:alpha``; ``agent:name`` and ``agent/operator:mail`` are attributes of
agents, of one role where it is said. They are not kept, but found when they are asked for.
"""

from typing import Final

from provstore.model.keywords import Keyword, Place, Take, ValueKind

FORMS: Final = "activity:NAME, activity/PATTERN:NAME, param:NAME, agent:NAME or agent/ROLE:NAME"
_ANY: Final = "*"
_TAKES: Final = {"version": Take.VERSION, "name": Take.NAME}


def free_keyword(name: str, compared_with: str = "") -> Keyword | None:
    """The keyword that a name in one of the `FORMS` means; None for any other name.

    Parameters
    ----------
    name
        Of attributes and parameters, compared without case, blanks and punctuation.
    compared_with
        What values are compared with: versions are compared as such, and so are numbers with a
        number.
    """
    head, colon, key = name.partition(":")
    of, _, pattern = head.partition("/")
    key, pattern = key.strip(), pattern.strip()
    if not colon or not key:
        return None
    match of.strip():
        case "activity":
            take = _TAKES.get(key.lower(), Take.ATTRIBUTE)
            place = Place(take, key if take is Take.ATTRIBUTE else "", pattern or _ANY)
        case "param":
            place = Place(Take.PARAMETER, key, pattern or _ANY)
        case "agent":
            attribute = "" if key.lower() == "name" else key
            place = Place(Take.AGENT, pattern, _ANY, attribute=attribute)
        case _:
            return None
    return Keyword(name, _kind(place, compared_with), places=(place,))


def _kind(place: Place, compared_with: str) -> ValueKind:
    if place.take is Take.VERSION:
        return ValueKind.VERSION
    try:
        float(compared_with)
    except ValueError:
        return ValueKind.TEXT
    return ValueKind.NUMBER
