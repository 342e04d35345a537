"""Failures of what works for ever: logged when they begin, not at each try."""

import logging

from provstore.errors import ProvstoreError


def tell(
    logger: logging.Logger, what: str, error: Exception, told: str, *, is_logged: bool = False
) -> str:
    """Log a failure unless it was the last thing told; gives what is told now.

    Parameters
    ----------
    logger
        Of whoever met it.
    what
        What happens while it lasts, e.g. ``pending documents wait``.
    error
        The failure: one of ours in a line, any other with all that is known of it.
    told
        What this gave the last time; empty where all was well since.
    is_logged
        Whether somebody else has logged it.
    """
    text = f"{type(error).__name__}: {error}"
    if text == told or is_logged:
        return text
    if isinstance(error, ProvstoreError):
        logger.warning("%s: %s", what, error, extra={"code": error.code})
    else:
        logger.error("%s: unexpected error", what, exc_info=error)
    return text
