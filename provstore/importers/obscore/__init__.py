"""ObsCore tables."""
