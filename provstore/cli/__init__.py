"""The command line: the same services, another door."""
