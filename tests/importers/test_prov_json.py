"""What PROV-JSON means to us: values, names, relations, bundles, and the dialects of the field."""

import pytest
from support.reading import EX, attribute, example, parsed, read, rules, shape, text, told

from provstore.errors import Severity
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri
from provstore.model.literals import INTERNATIONALIZED, XSD_DATETIME, Literal
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import PROV_TYPE, Kind


def entity(**attributes: object) -> Attributes:
    """The attributes of an entity that tells these under ``ex``."""
    record = {f"ex:{name}": value for name, value in attributes.items()}
    return told(read(example(entity={"ex:e": record})), EX + "e", Kind.ENTITY)


def only(document: Document) -> Relation:
    """The only relation."""
    (relation,) = document.relations
    return relation


def noticed(content: object) -> list[tuple[str, str, str]]:
    """Severity, rule and place of every finding."""
    return [(f.severity.value, f.rule, f.place) for f in parsed(content).findings]


class TestValues:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ('"a"', Literal("a", XSD + "string")),
            ("5", Literal("5", XSD + "int")),
            ("-0", Literal("-0", XSD + "int")),
            ("2147483648", Literal("2147483648", XSD + "long")),
            ("9223372036854775808", Literal("9223372036854775808", XSD + "integer")),
            ("9" * 5000, Literal("9" * 5000, XSD + "integer")),
            ("1.50", Literal("1.50", XSD + "double")),
            ("1E400", Literal("1E400", XSD + "double")),
            ("true", Literal("true", XSD + "boolean")),
            ('{"$": "05", "type": "xsd:int"}', Literal("05", XSD + "int")),
            ('{"$": 5, "type": "xsd:int"}', Literal("5", XSD + "int")),
            ('{"$": 3.50, "type": "xsd:double"}', Literal("3.50", XSD + "double")),
            ('{"$": false, "type": "xsd:boolean"}', Literal("false", XSD + "boolean")),
            ('{"$": "a"}', Literal("a", XSD + "string")),
            ('{"$": 7}', Literal("7", XSD + "int")),
            ('{"$": "x", "type": "ex:t"}', Literal("x", EX + "t")),
            ('{"$": "bonjour", "lang": "fr"}', Literal("bonjour", INTERNATIONALIZED, "fr")),
            (
                '{"$": "hi", "type": "prov:InternationalizedString", "lang": "en"}',
                Literal("hi", INTERNATIONALIZED, "en"),
            ),
            ('{"$": "ex:b", "type": "prov:QUALIFIED_NAME"}', Iri(EX + "b")),
            ('{"$": "ex:b", "type": "xsd:QName"}', Iri(EX + "b")),
            ('{"$": "http://x/", "type": "xsd:anyURI"}', Literal("http://x/", XSD + "anyURI")),
        ],
    )
    def test_forms_and_datatypes_are_kept(self, written: str, expected: Literal | Iri) -> None:
        content = f'{{"prefix": {{"ex": "{EX}"}}, "entity": {{"ex:e": {{"ex:a": {written}}}}}}}'
        value = attribute(told(read(content), EX + "e", Kind.ENTITY), EX + "a")
        assert value == expected
        assert type(value) is type(expected)

    def test_a_list_is_several_values_and_repetitions_are_one(self) -> None:
        assert entity(a=["x", "y", "x", 1, True]) == (
            (EX + "a", Literal("x")),
            (EX + "a", Literal("y")),
            (EX + "a", Literal("1", XSD + "int")),
            (EX + "a", Literal("true", XSD + "boolean")),
        )

    def test_an_empty_list_says_nothing(self) -> None:
        assert entity(a=[]) == ()

    def test_a_language_makes_the_datatype(self) -> None:
        content = example(entity={"ex:e": {"ex:a": {"$": "x", "type": "ex:other", "lang": "en"}}})
        value = attribute(told(read(content), EX + "e", Kind.ENTITY), EX + "a")
        assert value == Literal("x", INTERNATIONALIZED, "en")
        place = "/entity/ex:e/ex:a/type"
        assert noticed(content) == [("warning", "prov-json/language-type", place)]

    def test_start_and_end_of_an_activity_are_times(self) -> None:
        content = example(
            activity={
                "ex:a": {"prov:startTime": "2026-01-02 03:04", "prov:endTime": "soon"},
                "ex:b": {"prov:startTime": {"$": "2026-01-02", "type": "xsd:date"}},
            }
        )
        document = read(content)
        first = told(document, EX + "a", Kind.ACTIVITY)
        assert attribute(first, PROV + "startTime") == Literal("2026-01-02 03:04", XSD_DATETIME)
        assert attribute(first, PROV + "endTime") == Literal("soon", XSD_DATETIME)
        second = told(document, EX + "b", Kind.ACTIVITY)
        assert attribute(second, PROV + "startTime") == Literal("2026-01-02", XSD + "date")
        assert noticed(content) == [("warning", "prov/bad-time", "/activity/ex:a/prov:endTime")]


class TestNames:
    def test_prefixes_may_come_last(self) -> None:
        document = read({"entity": {"ex:e": {}}, "prefix": {"ex": EX}})
        assert list(document.told()) == [EX + "e"]

    def test_the_default_namespace(self) -> None:
        document = read({"prefix": {"default": EX}, "entity": {"e": {"a": "x"}}})
        assert text(told(document, EX + "e", Kind.ENTITY), EX + "a") == "x"

    def test_well_known_prefixes_need_no_declaration(self) -> None:
        document = read({"entity": {"ivo://a/b": {"voprov:name": "x", "dcterms:title": "y"}}})
        attributes = told(document, "ivo://a/b", Kind.ENTITY)
        assert text(attributes, VOPROV + "name") == "x"
        assert text(attributes, "http://purl.org/dc/terms/title") == "y"

    @pytest.mark.parametrize("uri", ["id:", "param:", "", "../relative/", "not a uri"])
    def test_strange_namespaces_are_taken_as_they_are(self, uri: str) -> None:
        document = read({"prefix": {"id": uri}, "entity": {"id:1": {}}})
        assert [telling.iri for telling in document.elements] == [uri + "1"]

    @pytest.mark.parametrize(
        ("prefix", "uri", "meant"),
        [
            ("prov", "http://www.w3.org/ns/prov/", PROV),
            ("xsd", "http://example.org/xsd#", XSD),
            ("voprov", "http://example.org/voprov#", VOPROV),
        ],
    )
    def test_three_prefixes_mean_the_same_everywhere(
        self, prefix: str, uri: str, meant: str
    ) -> None:
        content = {"prefix": {prefix: uri}, "entity": {"urn:e:1": {f"{prefix}:a": "x"}}}
        assert text(told(read(content), "urn:e:1", Kind.ENTITY), meant + "a") == "x"
        place = f"/prefix/{prefix}"
        assert noticed(content) == [("warning", "prov-json/redeclared-prefix", place)]

    @pytest.mark.parametrize(
        "uri",
        [
            "http://www.ivoa.net/documents/ProvenanceDM/index.html#",
            "http://www.ivoa.net/documents/ProvenanceDM/ns/voprov/",
            "http://www.ivoa.net/documents/ProvenanceDM/voprov/",
            "http://www.ivoa.net/documents/ProvenanceDM#",
            "http://www.ivoa.net/documents/dm/provdm/voprov/",
            "http://www.ivoa.net/ns/voprov#",
            "http://www.ivoa.net/ns/voprov/",
            "http://wiki.ivoa.net/twiki/bin/view/IVOA/ProvenanceDataModel/ns/",
            "voprov:",
        ],
    )
    def test_spellings_of_voprov_are_one(self, uri: str) -> None:
        content = {"prefix": {"vo": uri}, "entity": {"urn:e:1": {"vo:name": "x"}}}
        assert text(told(read(content), "urn:e:1", Kind.ENTITY), VOPROV + "name") == "x"
        assert noticed(content) == []

    def test_bare_names_are_kept_and_noticed_once(self) -> None:
        content = {
            "entity": {"run1": {"size": "11", "path": "/x"}, "run2": {"size": "12"}},
            "bundle": {"more": {"entity": {"run1": {"size": "11"}}}},
        }
        assert text(told(read(content), "run1", Kind.ENTITY), "size") == "11"
        assert noticed(content) == [("info", "prov-json/bare-attribute", "/entity/run1/size")]

    def test_names_are_data(self) -> None:
        names = [
            "ex:it's",
            'ex:"q"',
            "ex:a b\nc",
            "ex:<script>",
            "ex:'; DROP TABLE x --",
            "ex:${x}",
        ]
        document = read(example(entity={name: {} for name in names}))
        assert [t.iri for t in document.elements] == [EX + name[3:] for name in names]

    def test_an_attribute_told_under_two_prefixes_is_told_once(self) -> None:
        content = {
            "prefix": {"a": EX, "b": EX},
            "entity": {"a:e": {"a:x": "1", "b:x": "1"}},
        }
        assert told(read(content), EX + "e", Kind.ENTITY) == ((EX + "x", Literal("1")),)


class TestRecords:
    def test_several_records_of_one_name_are_one_element(self) -> None:
        document = read(example(entity={"ex:e": [{"ex:a": "1"}, {"ex:a": "2"}]}))
        assert told(document, EX + "e", Kind.ENTITY) == (
            (EX + "a", Literal("1")),
            (EX + "a", Literal("2")),
        )

    def test_an_iri_may_be_entity_and_agent(self) -> None:
        document = read(example(entity={"ex:x": {}}, agent={"ex:x": {"ex:a": "1"}}))
        assert told(document, EX + "x", Kind.ENTITY) == ()
        assert text(told(document, EX + "x", Kind.AGENT), EX + "a") == "1"

    def test_a_relation_with_all_it_can_have(self) -> None:
        record = {
            "prov:activity": "ex:a",
            "prov:entity": "ex:e",
            "prov:time": "2026-01-02T03:04:05.678",
            "prov:role": ["input", {"$": "ex:r", "type": "xsd:QName"}],
        }
        assert only(read(example(used={"ex:u": record})))[1:] == (
            (EX + "a", EX + "e"),
            "2026-01-02T03:04:05.678",
            EX + "u",
            ((PROV + "role", Literal("input")), (PROV + "role", Iri(EX + "r"))),
            None,
        )

    def test_blank_names_are_no_names_and_relations_under_one_stay_several(self) -> None:
        ends = {"prov:activity": "ex:a", "prov:entity": "ex:e"}
        records = [{**ends, "prov:role": "x"}, {**ends, "prov:role": "y"}]
        document = read(example(used={"_:id1": records}))
        assert [relation.iri for relation in document.relations] == [None, None]
        assert len({relation.key for relation in document.relations}) == 2

    def test_a_blank_element_keeps_its_name(self) -> None:
        document = read(example(entity={"_:e": {}}, used={"_:u": {"prov:entity": "_:e"}}))
        assert [telling.iri for telling in document.elements] == ["_:e"]
        assert only(document).ends == (None, "_:e")

    def test_all_five_ends_of_a_derivation(self) -> None:
        record = {
            "prov:generatedEntity": "ex:b",
            "prov:usedEntity": "ex:a",
            "prov:activity": "ex:act",
            "prov:generation": "ex:g",
            "prov:usage": "ex:u",
        }
        relation = only(read(example(wasDerivedFrom={"_:d": record})))
        assert relation.ends == (EX + "b", EX + "a", EX + "act", EX + "g", EX + "u")

    def test_ends_left_out_and_ends_that_are_null_are_one_relation(self) -> None:
        record = {"prov:generatedEntity": "ex:b", "prov:usedEntity": "ex:a"}
        relation = only(read(example(wasDerivedFrom={"_:d": record})))
        assert relation.ends == (EX + "b", EX + "a")
        padded = relation._replace(ends=(EX + "b", EX + "a", None, None, None))
        assert (padded.key, padded.identity) == (relation.key, relation.identity)

    def test_references_to_blank_relations_are_their_keys(self) -> None:
        derivation = {
            "prov:generatedEntity": "ex:b",
            "prov:usedEntity": "ex:a",
            "prov:generation": "_:1",
            "prov:usage": "_:1",
        }
        document = read(
            example(
                wasDerivedFrom={"_:1": derivation},
                used={"_:1": {"prov:activity": "ex:act", "prov:entity": "ex:a"}},
                wasGeneratedBy={"_:1": {"prov:entity": "ex:b", "prov:activity": "ex:act"}},
            )
        )
        derived, used, generated = document.relations
        assert derived.ends == (EX + "b", EX + "a", None, generated.key, used.key)

    @pytest.mark.parametrize("roles", [[], ["x", "y"]])
    def test_a_reference_that_names_no_one_relation_is_left_out(self, roles: list[str]) -> None:
        usages = [{"prov:activity": "ex:a", "prov:entity": "ex:e", "prov:role": r} for r in roles]
        derivation = {"prov:generatedEntity": "ex:b", "prov:usedEntity": "ex:e"}
        content = example(
            used={"_:1": usages}, wasDerivedFrom={"_:d": {**derivation, "prov:usage": "_:1"}}
        )
        assert read(content).relations[-1].ends == (EX + "b", EX + "e")
        assert noticed(content) == [("warning", "prov/blank-reference", "/wasDerivedFrom/_:d")]

    def test_members_in_a_list_are_members_each(self) -> None:
        record = {"prov:collection": "ex:c", "prov:entity": ["ex:1", "ex:2"]}
        document = read(example(hadMember={"ex:m": record}))
        assert [(*relation.ends, relation.iri) for relation in document.relations] == [
            (EX + "c", EX + "1", None),
            (EX + "c", EX + "2", None),
        ]

    @pytest.mark.parametrize(
        ("section", "record", "missing"),
        [
            ("used", {"prov:entity": "ex:e"}, True),
            ("used", {"prov:activity": "ex:a"}, True),
            ("wasStartedBy", {"prov:activity": "ex:a"}, True),
            ("wasStartedBy", {"prov:activity": "ex:a", "prov:starter": "ex:b"}, False),
            ("wasEndedBy", {"prov:activity": "ex:a", "prov:trigger": "ex:e"}, False),
            ("wasAssociatedWith", {"prov:activity": "ex:a", "prov:plan": "ex:p"}, True),
            ("wasGeneratedBy", {}, True),
        ],
    )
    def test_missing_ends_are_kept_and_noticed(
        self, section: str, record: dict[str, str], *, missing: bool
    ) -> None:
        content = example(**{section: {"_:1": record}})
        assert only(read(content)).type.name == section
        expected = [("warning", "prov/missing-end", f"/{section}/_:1")] if missing else []
        assert noticed(content) == expected

    def test_a_time_that_is_none_is_kept_and_noticed(self) -> None:
        record = {
            "prov:activity": "ex:a",
            "prov:entity": "ex:e",
            "prov:time": "2026-02-30T00:00:00",
        }
        content = example(used={"_:u": record})
        assert only(read(content)).time == "2026-02-30T00:00:00"
        assert noticed(content) == [("warning", "prov/bad-time", "/used/_:u/prov:time")]

    @pytest.mark.parametrize(
        "time",
        [
            "2026-01-02T03:04:05",
            ["2026-01-02T03:04:05"],
            {"$": "2026-01-02T03:04:05", "type": "xsd:dateTime"},
        ],
    )
    def test_spellings_of_a_time(self, time: object) -> None:
        record = {"prov:activity": "ex:a", "prov:entity": "ex:e", "prov:time": time}
        assert only(read(example(used={"_:u": record}))).time == "2026-01-02T03:04:05"

    @pytest.mark.parametrize(
        "name", ["ex:a", ["ex:a"], {"$": "ex:a", "type": "xsd:QName"}], ids=str
    )
    def test_spellings_of_an_end(self, name: object) -> None:
        record = {"prov:activity": name, "prov:entity": "ex:e"}
        assert only(read(example(used={"_:u": record}))).ends == (EX + "a", EX + "e")

    def test_a_time_where_none_belongs_is_an_attribute(self) -> None:
        record = {"prov:entity": "ex:e", "prov:agent": "ex:a", "prov:time": "2026"}
        relation = only(read(example(wasAttributedTo={"_:1": record})))
        assert (relation.time, relation.attributes) == (None, ((PROV + "time", Literal("2026")),))


class TestBundles:
    CONTENT = example(
        bundle={
            "ex:b": {
                "@id": "ex:b",
                "prefix": {"in": "http://inner.org/", "default": "http://default.org/"},
                "entity": {"ex:e": {"in:a": "x"}, "bare": {}},
                "used": {"_:u": {"prov:activity": "ex:a", "prov:entity": "in:e"}},
            },
            "ex:empty": {},
        }
    )

    def test_bundles_add_to_the_prefixes_of_the_document(self) -> None:
        document = read(self.CONTENT)
        assert [(t.bundle, t.iri) for t in document.elements] == [
            (EX + "b", EX + "e"),
            (EX + "b", "http://default.org/bare"),
        ]
        assert document.bundles[EX + "b"].namespace("in") == "http://inner.org/"
        assert only(document)[1:2] == ((EX + "a", "http://inner.org/e"),)
        assert only(document).bundle == EX + "b"

    def test_an_empty_bundle_is_a_bundle(self) -> None:
        assert list(read(self.CONTENT).bundles) == [EX + "b", EX + "empty"]

    def test_the_name_of_a_bundle_may_use_its_own_prefixes(self) -> None:
        document = read({"bundle": {"in:b": {"prefix": {"in": EX}}}})
        assert list(document.bundles) == [EX + "b"]

    def test_blank_names_do_not_cross_into_a_bundle(self) -> None:
        derivation = {
            "prov:generatedEntity": "ex:b",
            "prov:usedEntity": "ex:a",
            "prov:usage": "_:1",
        }
        content = example(
            used={"_:1": {"prov:activity": "ex:act", "prov:entity": "ex:a"}},
            bundle={"ex:bundle": {"wasDerivedFrom": {"_:d": derivation}}},
        )
        assert read(content).relations[-1].ends == (EX + "b", EX + "a")

    def test_relations_reach_across_bundles(self) -> None:
        content = example(
            entity={"ex:outside": {}},
            bundle={
                "ex:one": {"parameter": {"ex:p": {}}},
                "ex:two": {
                    "entity": {"ex:made": {}},
                    "wasDerivedFrom": {
                        "_:d": {"prov:generatedEntity": "ex:made", "prov:usedEntity": "ex:outside"}
                    },
                },
            },
            wasConfiguredBy={"_:c": {"voprov:configured": "ex:a", "voprov:configurator": "ex:p"}},
        )
        document = read(content)
        assert [(*shape(relation), relation.bundle) for relation in document.relations] == [
            ("wasConfiguredBy", (EX + "a", EX + "p"), None),
            ("wasDerivedFrom", (EX + "made", EX + "outside"), EX + "two"),
        ]

    @pytest.mark.parametrize(
        ("name", "iri"),
        [
            ("#791735#configuration", "#791735#configuration"),
            ("#description#calibrate", "#description#calibrate"),
            ("night 1", "night 1"),
            ("urn:uuid:75ae1d7a", "urn:uuid:75ae1d7a"),
        ],
    )
    def test_names_of_bundles_that_are_no_qualified_names(self, name: str, iri: str) -> None:
        document = read(example(bundle={name: {"entity": {"ex:e": {}}}}))
        assert list(document.bundles) == [iri]
        assert [telling.bundle for telling in document.elements] == [iri]

    def test_findings_in_a_bundle_have_its_pointer(self) -> None:
        content = example(bundle={"ex:b/1": {"used": {"_:u": {"prov:entity": "ex:e"}}}})
        assert noticed(content) == [("warning", "prov/missing-end", "/bundle/ex:b~11/used/_:u")]


class TestDialects:
    @pytest.mark.parametrize(
        ("section", "name", "kind"),
        [
            ("activityDescription", "ActivityDescription", Kind.ENTITY),
            ("valueEntity", "ValueEntity", Kind.ENTITY),
            ("configFile", "ConfigFile", Kind.ENTITY),
            ("usedDescription", "UsageDescription", Kind.ENTITY),
            ("wasGeneratedByDescription", "GenerationDescription", Kind.ENTITY),
            ("activityFlow", "ActivityFlow", Kind.ACTIVITY),
        ],
    )
    def test_sections_of_the_ivoa_are_marked_elements(
        self, section: str, name: str, kind: Kind
    ) -> None:
        document = read(example(**{section: {"ex:x": {"voprov:name": "n"}}}))
        assert told(document, EX + "x", kind) == (
            (PROV_TYPE, Iri(VOPROV + name)),
            (VOPROV + "name", Literal("n")),
        )

    @pytest.mark.parametrize(
        ("section", "keys"),
        [
            ("isDescribedBy", ("described", "descriptor")),
            ("isRelatedTo", ("related", "relator")),
            ("wasConfiguredBy", ("configured", "configurator")),
            ("hadReference", ("referenced", "referrer")),
            ("hadStep", ("activityFlow", "activity")),
            ("used", ("activity", "entity")),
        ],
    )
    @pytest.mark.parametrize("prefix", ["prov", "voprov"])
    def test_ends_are_met_in_both_namespaces(
        self, section: str, keys: tuple[str, str], prefix: str
    ) -> None:
        record = {f"{prefix}:{key}": f"ex:{key}" for key in reversed(keys)}
        relation = only(read(example(**{section: {"_:1": record}})))
        assert shape(relation) == (section, (EX + keys[0], EX + keys[1]))

    @pytest.mark.parametrize(
        ("marker", "name"),
        [
            ("DescriptionRelation", "isDescribedBy"),
            ("RelatedToRelation", "isRelatedTo"),
            ("ConfigurationRelation", "wasConfiguredBy"),
            ("HadReference", "hadReference"),
            ("hadStep", "hadStep"),
        ],
    )
    def test_marked_influences_are_relations_of_the_ivoa(self, marker: str, name: str) -> None:
        record = {
            "prov:influencee": "ex:a",
            "prov:influencer": "ex:b",
            "prov:type": [
                {"$": "ex:own", "type": "xsd:QName"},
                {"$": f"voprov:{marker}", "type": "xsd:QName"},
            ],
            "voprov:artefactType": "Parameter",
        }
        relation = only(read(example(wasInfluencedBy={"_:1": record})))
        assert shape(relation) == (name, (EX + "a", EX + "b"))
        assert relation.attributes == (
            (PROV_TYPE, Iri(EX + "own")),
            (VOPROV + "artefactType", Literal("Parameter")),
        )

    def test_the_marker_of_a_relation_on_itself_says_nothing_more(self) -> None:
        marker, other = "voprov:DescriptionRelation", "voprov:HadReference"
        types = [{"$": name, "type": "xsd:QName"} for name in (marker, other)]
        record = {"voprov:described": "ex:a", "voprov:descriptor": "ex:b", "prov:type": types}
        relation = only(read(example(isDescribedBy={"_:1": record})))
        assert relation.type.name == "isDescribedBy"
        assert relation.attributes == ((PROV_TYPE, Iri(VOPROV + "HadReference")),)

    def test_other_influences_stay_what_they_are(self) -> None:
        record = {
            "prov:influencee": "ex:a",
            "prov:influencer": "ex:b",
            "prov:type": {"$": "ex:own", "type": "xsd:QName"},
        }
        assert shape(only(read(example(wasInfluencedBy={"_:1": record})))) == (
            "wasInfluencedBy",
            (EX + "a", EX + "b"),
        )

    def test_a_descriptor_of_a_usage_is_an_attribute(self) -> None:
        record = {"prov:activity": "ex:a", "prov:entity": "ex:e", "voprov:descriptor": "ex:d"}
        relation = only(read(example(used={"_:1": record})))
        assert relation.attributes == ((VOPROV + "descriptor", Literal("ex:d")),)


def test_findings_beyond_the_limit_are_counted() -> None:
    content = example(used={f"_:{i}": {"prov:entity": "ex:e"} for i in range(1500)})
    findings = parsed(content).findings
    assert len(findings) == 1001
    assert (findings[-1].rule, findings[-1].value) == ("findings/more", "500")
    assert {finding.severity for finding in findings[:-1]} == {Severity.WARNING}
    assert rules(findings)[999] == ("prov/missing-end", "/used/_:999")
