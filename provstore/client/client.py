"""The client: one method per thing that a pipeline or a notebook asks of a server."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from provstore.client.connection import Connection
from provstore.client.transport import Answer, JsonObject, Parameter, Transport
from provstore.errors import UnknownReceiptError

_API = "/api/v1"
_CREATED = 201
_RECEIPT = ("id", "status")
"""What a receipt has at least, for what is done with it here."""


class Client:
    """A provstore server, over HTTP.

    Nothing is sent before a method is called. Every method raises the error that the server named
    (`provstore.errors`), or `ServerError` where the server cannot be reached or says something
    else.

    Parameters
    ----------
    url
        Base of the server; without it ``PROVSTORE_URL``, else ``http://127.0.0.1:8000``.
    token
        Secret of the caller; without it ``PROVSTORE_TOKEN``, else none is sent. An empty one sends
        none whatever the environment says.
    timeout
        Longest silence of the server, in seconds.

    Raises
    ------
    BadParameterError
        The address or the token cannot be one.

    Examples
    --------
    >>> client = Client("https://provenance.example.org")
    >>> receipt = client.push(Path("run1.prov.json"), source="dl3-pipeline")
    >>> client.lineage("ivo://obs.example/spectra#1", stop="DL3")["nodes"]
    """

    def __init__(
        self, url: str | None = None, token: str | None = None, timeout: float = 60.0
    ) -> None:
        connection = Connection(url=url, token=token)
        self._transport = Transport(connection.url, connection.token, timeout)

    @property
    def url(self) -> str:
        """Base of the server, without a slash at its end."""
        return self._transport.url

    def push(
        self,
        document: bytes | Path,
        *,
        source: str | None = None,
        format: str | None = None,  # noqa: A002  the name that the server and the command use
        replaces: str | None = None,
        dry_run: bool = False,
    ) -> JsonObject:
        """Push one document, gzipped or not; pushing it again changes nothing.

        Parameters
        ----------
        document
            Its bytes, or the file that holds them.
        source
            Name of the pipeline; it qualifies ids that mean something only there.
        format
            Name of the format; without it the server looks at the bytes.
        replaces
            Id of the receipt that this document corrects.
        dry_run
            Have it judged only; the answer is ``findings`` instead of a receipt.

        Returns
        -------
        dict
            The receipt, perhaps ``pending``; ``created`` is false where the bytes were known.

        Raises
        ------
        RefusedDocumentError
            The document cannot be stored truthfully.
        OSError
            The file cannot be read.
        """
        body = document.read_bytes() if isinstance(document, Path) else document
        parameters: dict[str, Parameter] = {"source": source, "format": format}
        parameters |= {"replaces": replaces, "dry_run": dry_run or None}
        answer = self._transport.send("POST", f"{_API}/documents", parameters, body=body)
        return answer.json() if dry_run else _receipt(answer)

    def push_job(
        self, job: bytes, *, url: str | None = None, source: str | None = None
    ) -> JsonObject:
        """Push the document of a UWS job; nothing that it links to is fetched.

        Parameters
        ----------
        job
            The job as its server tells it.
        url
            Where it was found; becomes the identifier of its activity.
        source
            Name of the pipeline.

        Returns
        -------
        dict
            The receipt, as of `push`.

        Raises
        ------
        RefusedDocumentError
            The job cannot be stored truthfully.
        """
        parameters: dict[str, Parameter] = {"source": source, "url": url}
        return _receipt(self._transport.send("POST", f"{_API}/jobs", parameters, body=job))

    def receipt(self, id: str) -> JsonObject:  # noqa: A002  the name of the thing
        """The present state of a receipt."""
        if "/" in id:  # servers read an escaped slash as one: the name would become a path
            raise UnknownReceiptError(f"there is no receipt {id!r}")
        path = f"{_API}/documents/{quote(id, safe='')}"
        return self._transport.send("GET", path).json(*_RECEIPT)

    def lineage(self, id: str | Sequence[str], **parameters: Parameter) -> JsonObject:  # noqa: A002  as the parameter
        """What something was made from, or into, as nodes and edges.

        Parameters
        ----------
        id
            Any name of what the walk starts from, or several.
        parameters
            Those of ``GET /api/v1/lineage``: ``direction``, ``steps``, ``depth``, ``stop``, …
        """
        return self._transport.send("GET", f"{_API}/lineage", {"ID": id, **parameters}).json()

    def lineage_bytes(
        self,
        id: str | Sequence[str],  # noqa: A002  as the parameter
        format: str,  # noqa: A002  as the parameter
        **parameters: Parameter,
    ) -> bytes:
        """The lineage in any format that the server writes, e.g. ``prov-n`` or ``svg``."""
        return self.lineage_answer(id, format, **parameters).body

    def lineage_answer(
        self,
        id: str | Sequence[str],  # noqa: A002  as the parameter
        format: str,  # noqa: A002  as the parameter
        **parameters: Parameter,
    ) -> Answer:
        """As `lineage_bytes`, with the headers: ``Provstore-Cut`` names the limit that cut it."""
        query: dict[str, Parameter] = {"ID": id, "format": format, **parameters}
        return self._transport.send("GET", f"{_API}/lineage", query, accept="*/*")

    def impact(self, id: str | Sequence[str], *, limit: int | None = None) -> JsonObject:  # noqa: A002  as the parameter
        """The datasets that were made from something, with counts per level."""
        return self._transport.send("GET", f"{_API}/impact", {"ID": id, "limit": limit}).json()

    def gaps(self, *, limit: int | None = None) -> JsonObject:
        """Where records stop short: all gaps, or the first ``limit``, read page by page."""
        return self._paged(f"{_API}/gaps", {}, limit)

    def search(self, *, limit: int | None = None, **parameters: Parameter) -> JsonObject:
        """The datasets that fulfil all conditions: all, or the first ``limit``, read page by page.

        Parameters
        ----------
        limit
            Most datasets.
        parameters
            Those of ``GET /api/v1/search``: ``target``, ``pos``, ``keyword``, ``exclude``, …

        Returns
        -------
        dict
            ``items``, each an ObsCore record with its ``keywords`` and whether its record upstream
            is ``complete``; ``total``, ``facets``, ``adql``, ``notes``.

        Examples
        --------
        >>> client.search(target="Crab Nebula", keyword=["reco_version>=0.19", "cuts=loose"])
        """
        return self._paged(f"{_API}/search", parameters, limit)

    def search_answer(self, format: str, **parameters: Parameter) -> Answer:  # noqa: A002  as the parameter
        """The datasets as ``csv``, ``votable`` or ``fits``, with the headers of the answer."""
        query: dict[str, Parameter] = {"format": format, **parameters}
        return self._transport.send("GET", f"{_API}/search", query, accept="*/*")

    def keywords(self, **parameters: Parameter) -> JsonObject:
        """The keywords that the data have, with their values and counts.

        Parameters
        ----------
        parameters
            The conditions of a `search`; only datasets that fulfil them are counted.
        """
        return self._transport.send("GET", f"{_API}/keywords", parameters).json("items", "notes")

    def _paged(
        self, path: str, parameters: Mapping[str, Parameter], limit: int | None
    ) -> JsonObject:
        """The first page of a list with the items of those that follow."""
        first = page = self._transport.send("GET", path, parameters).json("items", "next")
        items: list[object] = [*page["items"]]
        while page["next"] is not None and (limit is None or len(items) < limit):
            # The address of a next page is the server's; only its query is taken from it, so that
            # the token stays with the server that was named.
            query = parse_qs(urlsplit(page["next"]).query)
            query.pop("facet", None)  # counted already, of all that is found
            page = self._transport.send("GET", path, query).json("items", "next")
            items.extend(page["items"])
        return {**first, "items": items[:limit], "next": None}

    def element(self, id: str) -> JsonObject:  # noqa: A002  as the parameter
        """One entity, activity or agent with its names, attributes and who asserted them."""
        return self._transport.send("GET", f"{_API}/elements", {"ID": id}).json()

    def obscore(
        self, table: bytes | Path, *, name: str | None = None, source: str | None = None
    ) -> JsonObject:
        """Load a table of ObsCore records (VOTable, ECSV, FITS, CSV, JSON), gzipped or not.

        Parameters
        ----------
        table
            Its bytes, or the file that holds them.
        name
            What messages call it; the file's own name if not given.
        source
            Name of the pipeline.

        Returns
        -------
        dict
            The receipt, as of `push`.
        """
        if isinstance(table, Path):
            return self.obscore(table.read_bytes(), name=name or table.name, source=source)
        parameters: dict[str, Parameter] = {"name": name, "source": source}
        answer = self._transport.send("PUT", f"{_API}/obscore", parameters, body=table)
        return _receipt(answer)

    def health(self) -> JsonObject:
        """Whether the server is up, and what its catalogue holds."""
        return self._transport.send("GET", "/health").json()


def _receipt(answer: Answer) -> JsonObject:
    return {**answer.json(*_RECEIPT), "created": answer.status >= _CREATED}
