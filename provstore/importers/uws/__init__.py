"""Jobs of UWS servers."""
