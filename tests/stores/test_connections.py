"""Whoever asks has a connection, however many others have one."""

from contextlib import ExitStack

from sqlalchemy import text

from provstore.factory import Services

MANY = 30


def test_many_readers_do_not_keep_a_writer_waiting(archive: Services) -> None:
    with ExitStack() as readers:
        for _ in range(MANY):
            tx = readers.enter_context(archive._database.reading())
            assert tx.execute(text("SELECT count(*) FROM document")).scalar() == 0
        with archive._database.writing() as tx:
            tx.execute(text("UPDATE catalogue SET position = 7"))
        with archive._database.reading() as tx:
            assert tx.execute(text("SELECT position FROM catalogue")).scalar() == 7
