"""A strong name that very many elements share is one node, and can be asked for."""

import json

from support.catalogue import EX, push

from provstore.factory import Services
from provstore.model.lineage import LineageQuestion

DOI = "10.5555/shared"


def test_a_strong_name_of_more_elements_than_a_weak_one_may_have(archive: Services) -> None:
    told = {f"ex:e{number}": {"ex:doi": DOI} for number in range(150)}
    used = {"_:u": {"prov:activity": "ex:run", "prov:entity": "ex:e149"}}
    made = {"_:g": {"prov:entity": "ex:e77", "prov:activity": "ex:maker"}}
    content = {"prefix": {"ex": EX}, "entity": told, "used": used, "wasGeneratedBy": made}
    push(archive, json.dumps(content).encode())
    node = archive.lineage.element(DOI).node
    assert {node.id, *node.same} == {f"{EX}e{number}" for number in range(150)}
    back = archive.lineage.ask(LineageQuestion((DOI,)))
    assert back.roots == (node.id,)
    assert [edge.target for edge in back.edges] == [EX + "maker"]
