"""How a PROV-XML document writes names that are no NCName, and what they were.

The Note (section 2.4) makes identifiers ``xsd:QName`` and says nothing of other characters. Two
ways are met:

- ``_x0031_`` stands for one character (ISO/IEC 9075-14, 9.1): the ``prov`` library since 2026, in
  names of attributes, and provstore in all names;
- ProvToolbox doubles each underscore, writes 22 other characters as ``_`` and two hexadecimal
  digits, and puts an underscore before what then begins with no letter (``QualifiedNameUtils``).

Everybody else writes ``ass_r0`` as it is. So a document is taken for ProvToolbox's only if no name
in it is one that ProvToolbox could not have written, and names like ``run__1`` do not stand alone:
see `Evidence`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from lxml import etree

from provstore.importers.strict_xml import XSI, xml_attributes
from provstore.model.identifiers import PROV, PROVSTORE

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4,8})_")
_LAST_CODE: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)
_TOOLBOX_ESCAPED: Final = "!#$&'()*+,/:;=?@[\\]~"
_CODE_OF: Final = {"_": "__", **{char: f"_{ord(char):02X}" for char in _TOOLBOX_ESCAPED}}
_CHAR_OF: Final = {code: char for char, code in _CODE_OF.items()}
_CODES: Final = re.compile("|".join(sorted(_CHAR_OF)))
_TO_ESCAPE: Final = re.compile(f"[{re.escape(''.join(_CODE_OF))}]")
_SUSPECT: Final = re.compile(rb"""[:"'<>]_|__|_(?:2[0-9A-F]|3[ABDF]|40|5[BCD]|7E)""")
"""Without any of these bytes no name can be one of ProvToolbox's."""
_TELLING_CODE: Final = re.compile("_(?:2[ABCF]|3[ABDF]|5[BCD]|7E)")
"""``night_21`` may be a name of its own; these codes have a letter in them."""
_NAMED_TYPES: Final = ("QName", "QUALIFIED_NAME")
_BLANKS: Final = " \t\r\n"

Unescape = Callable[[str], str]
"""Local part as written to local part as meant."""


def unescaped(local: str) -> str:
    """The local part with each ``_xHHHH_`` as its character, where there is such a character."""
    return _ESCAPED.sub(_character, local) if "_x" in local else local


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    if not 0 < code <= _LAST_CODE or code in _SURROGATES:
        return match.group()
    return chr(code)


def toolbox_unescaped(local: str) -> str:
    """The local part that ProvToolbox wrote so."""
    return _CODES.sub(lambda match: _CHAR_OF[match.group()], local.removeprefix("_"))


def toolbox_escaped(local: str) -> str:
    """The local part as ProvToolbox writes it."""
    told = _TO_ESCAPE.sub(lambda match: _CODE_OF[match.group()], local)
    return told if told[:1].islower() or told[:1].isupper() else "_" + told


class Evidence(NamedTuple):
    """What the names of a document say about who wrote it."""

    doubled: str = ""
    """A name with a doubled underscore."""
    code: str = ""
    """One with a code that has a letter in it."""
    start: str = ""
    """One with an underscore before what is no letter."""
    excluded: bool = False
    """Whether a name is not as ProvToolbox writes names."""

    def is_toolbox(self, *, layout: bool) -> bool:
        """Whether it is ProvToolbox.

        Two kinds of its marks are needed, or one of the first two in a document that is laid out as
        it lays out documents (``layout``).
        """
        kinds = sum(map(bool, (self.doubled, self.code, self.start)))
        needed = 1 if layout and (self.doubled or self.code) else 2
        return not self.excluded and kinds >= needed

    @property
    def example(self) -> str:
        """One of the names."""
        return self.doubled or self.code or self.start


def may_be_toolbox(data: bytes, root: etree._Element) -> bool:
    """Whether it is worth looking at the names: a quick look at the bytes.

    Documents that declare the namespace of provstore are our own, which always do.
    """
    return PROVSTORE not in root.nsmap.values() and _SUSPECT.search(data) is not None


def evidence_of(root: etree._Element) -> Evidence:
    """What the names of a document say; the first that ProvToolbox cannot have written ends it."""
    return _weighed(_local_parts(root))


def has_toolbox_layout(root: etree._Element, *, declared_within: bool) -> bool:
    """Whether it is laid out as ProvToolbox does.

    Up to version 0.9 it is declared ``standalone``; from 1.0 on, PROV is the default namespace, and
    each record declares its own prefixes.
    """
    standalone = root.getroottree().docinfo.standalone
    in_default = not root.prefix and root.nsmap.get(None) == PROV
    return bool(standalone) or (in_default and declared_within)


def _weighed(names: Iterable[str]) -> Evidence:
    found = Evidence()
    for name in names:
        if "_" not in name and toolbox_escaped(name) == name:
            continue
        meant = toolbox_unescaped(name)
        if toolbox_escaped(meant) != name:
            return found._replace(excluded=True)
        inner = name[1:] if name != _escaped_inside(meant) else name
        found = Evidence(
            found.doubled or (name if "__" in inner else ""),
            found.code or (name if _TELLING_CODE.search(inner) else ""),
            found.start or (name if inner is not name else ""),
        )
    return found


def _escaped_inside(meant: str) -> str:
    return _TO_ESCAPE.sub(lambda match: _CODE_OF[match.group()], meant)


def _local_parts(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        yield str(element.tag).rpartition("}")[2]
        for key, value in xml_attributes(element):
            space, _, name = str(key).rpartition("}")
            if name in {"id", "ref"} or (name == "type" and space == f"{{{XSI}"):
                yield _local_part(value)
            if name == "type" and value.endswith(_NAMED_TYPES):
                yield _local_part(element.text or "")


def _local_part(name: str) -> str:
    return name.strip(_BLANKS).rpartition(":")[2]
