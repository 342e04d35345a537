"""The Python client for pipelines and notebooks; talks HTTP only."""

from provstore.client.client import Client

__all__ = ["Client"]
