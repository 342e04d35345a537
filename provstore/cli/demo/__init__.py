"""The demo observatory: a small, seeded night of a Cherenkov array, as files of real formats."""

from provstore.cli.demo.files import DemoNight, write_demo

__all__ = ["DemoNight", "write_demo"]
