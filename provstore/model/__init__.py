"""What provenance is. Standard library only."""
