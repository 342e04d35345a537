"""The layout of voprov up to 0.0.4 and of OPUS."""

import pytest
from support.reading import EX, read, shape, told

from provstore.model.identifiers import VOPROV, Iri
from provstore.model.literals import Literal
from provstore.model.vocabulary import PROV_TYPE, Kind

SPELLINGS = (
    "http://www.ivoa.net/documents/ProvenanceDM/index.html#",
    "http://www.ivoa.net/documents/ProvenanceDM/ns/voprov/",
    "http://www.ivoa.net/documents/ProvenanceDM/voprov/",
    "http://www.ivoa.net/documents/ProvenanceDM#",
    "http://www.ivoa.net/documents/dm/provdm/voprov/",
    "http://www.ivoa.net/ns/voprov#",
    "http://www.ivoa.net/ns/voprov/",
    "http://wiki.ivoa.net/twiki/bin/view/IVOA/ProvenanceDataModel/ns/",
    "voprov:",
)
CONTENT = """<?xml version='1.0' encoding='ASCII'?>

<voprov:document xmlns:voprov="{}" xmlns:prov="http://www.w3.org/ns/prov#"
  xmlns:ex="http://example.org/">

  <voprov:activityDescription voprov:id="ex:d"><voprov:name>&#233;</voprov:name>

  </voprov:activityDescription>
  <voprov:used>
    <prov:activity voprov:ref="ex:a"/>
    <prov:entity voprov:ref="ex:e"/>
    <voprov:descriptor voprov:ref="ex:u"/>
  </voprov:used>
  <voprov:isDescribedBy>
    <voprov:described voprov:ref="ex:a"/><voprov:descriptor voprov:ref="ex:d"/>
  </voprov:isDescribedBy>
  <voprov:hadStep>
    <voprov:activityFlow voprov:ref="ex:f"/><voprov:activity voprov:ref="ex:a"/>
  </voprov:hadStep>
  <voprov:activityFlow voprov:id="ex:f"/>
  <voprov:bundleContent voprov:id="#description#1"><voprov:entity voprov:id="ex:e"/>
  </voprov:bundleContent>
</voprov:document>
"""


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_namespace_of_voprov(spelling: str) -> None:
    found = read(CONTENT.format(spelling), "prov-xml")
    assert told(found, EX + "d", Kind.ENTITY) == (
        (PROV_TYPE, Iri(VOPROV + "ActivityDescription")),
        (VOPROV + "name", Literal("\xe9")),
    )
    assert told(found, EX + "f", Kind.ACTIVITY) == ((PROV_TYPE, Iri(VOPROV + "ActivityFlow")),)
    assert [shape(relation) for relation in found.relations] == [
        ("used", (EX + "a", EX + "e")),
        ("isDescribedBy", (EX + "a", EX + "d")),
        ("hadStep", (EX + "f", EX + "a")),
    ]
    assert found.relations[0].attributes == ((VOPROV + "descriptor", Iri(EX + "u")),)
    assert list(found.bundles) == ["#description#1"]
    assert told(found, EX + "e", Kind.ENTITY, "#description#1") == ()


def test_markers_of_voprov_0_1() -> None:
    found = read(
        """<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             xmlns:xsd="http://www.w3.org/2001/XMLSchema">
           <prov:entity prov:id="ex:p">
             <prov:type xsi:type="xsd:QName">voprov:Parameter</prov:type></prov:entity>
           <prov:wasInfluencedBy><prov:influencee prov:ref="ex:a"/>
             <prov:influencer prov:ref="ex:p"/>
             <prov:type xsi:type="xsd:QName">voprov:ConfigurationRelation</prov:type>
           </prov:wasInfluencedBy></prov:document>""",
        "prov-xml",
    )
    assert told(found, EX + "p", Kind.ENTITY) == ((PROV_TYPE, Iri(VOPROV + "Parameter")),)
    (relation,) = found.relations
    assert shape(relation) == ("wasConfiguredBy", (EX + "a", EX + "p"))
    assert relation.attributes == ()


def test_a_derivation_of_voprov_has_the_type_of_voprov_as_in_its_json() -> None:
    text = CONTENT.format(SPELLINGS[0]).replace("voprov:hadStep", "voprov:wasRevisionOf")
    assert read(text, "prov-xml").relations[2].attributes[0] == (
        PROV_TYPE,
        Iri(VOPROV + "Revision"),
    )


def test_texts_are_escaped_in_the_record_that_says_so_only() -> None:
    text = CONTENT.format(SPELLINGS[0]).replace(
        "<voprov:used>",
        '<voprov:entity voprov:id="ex:x" p:escaped="true" xmlns:p="urn:x-provstore:">'
        "<ex:a>_x0041_</ex:a></voprov:entity>"
        '<voprov:entity voprov:id="ex:y"><ex:a>_x0041_</ex:a></voprov:entity><voprov:used>',
    )
    found = read(text, "prov-xml")
    assert told(found, EX + "x", Kind.ENTITY) == ((EX + "a", Literal("A")),)
    assert told(found, EX + "y", Kind.ENTITY) == ((EX + "a", Literal("_x0041_")),)
