"""What a thing inherits from everything that it was made from."""

from collections.abc import Mapping

from provstore.errors import UnknownIdentifierError
from provstore.model.keyword_rules import Rules
from provstore.model.search import Inherited
from provstore.stores.catalogue import resolve
from provstore.stores.catalogue.database import Database
from provstore.stores.catalogue.inherited import inherited


class InheritedService:
    """Tells the provenance keywords of one element.

    Parameters
    ----------
    database
        The catalogue.
    rules
        The provenance keywords.
    """

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database, self._rules = database, rules

    def keywords(self, name: str) -> Mapping[str, Inherited]:
        """The keywords of an entity, activity or agent that are kept, in order of their names.

        Parameters
        ----------
        name
            Its IRI or a strong name, which mean one thing.

        Raises
        ------
        UnknownIdentifierError
            Nothing is known under it.
        """
        with self._database.reading() as tx:
            elements = resolve.find(tx, name, ()).elements
            if not elements:
                raise UnknownIdentifierError([name])
            return inherited(tx, elements[0], self._rules.by_name).keywords
