"""What a monitor reads, by the reader of Prometheus' own client."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

DOCUMENT = b"""{"prefix": {"ex": "https://example.org/"}, "entity": {"ex:a": {}, "ex:b": {}},
"wasDerivedFrom": {"_:1": {"prov:generatedEntity": "ex:a", "prov:usedEntity": "ex:b"}}}"""


def test_sizes_are_told(archive: httpx.Client) -> None:
    archive.post("/api/v1/documents", content=DOCUMENT).raise_for_status()
    answer = archive.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    told = {
        sample.name: sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert told == {
        "provstore_documents": 1,
        "provstore_pending": 0,
        "provstore_elements": 2,
        "provstore_relations": 1,
    }
