"""The Python client for pipelines and notebooks; talks HTTP only."""
