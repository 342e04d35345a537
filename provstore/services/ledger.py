"""Reading the ledger: receipts and raw documents."""

from provstore.model.ledger import Receipt, ReceiptPage, Status
from provstore.stores.catalogue import ledger
from provstore.stores.catalogue.database import Database


class Ledger:
    """What was pushed, and what became of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receipt(self, receipt_id: str) -> Receipt:
        """One receipt.

        Raises
        ------
        UnknownReceiptError
            There is none of this id.
        """
        with self._database.reading() as tx:
            return ledger.receipt(tx, receipt_id)

    def receipts(
        self,
        *,
        status: Status | None = None,
        source: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> ReceiptPage:
        """A page of receipts, newest first; ``status`` refused reads the log of refusals."""
        with self._database.reading() as tx:
            if status is Status.REFUSED:
                return ledger.refusals(tx, source, limit, cursor)
            return ledger.receipts(tx, status, source, limit, cursor)

    def raw(self, receipt_id: str) -> bytes:
        """A document as it came, byte for byte.

        Raises
        ------
        UnknownReceiptError
            There is none of this id, or it is of the log of refusals, which keeps no bytes.
        """
        with self._database.reading() as tx:
            ledger.receipt(tx, receipt_id)
            return ledger.raw_document(tx, ledger.receipt_number(receipt_id))
