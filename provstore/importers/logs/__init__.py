"""Logs of lstosa, logprov and gammapy, and the definitions behind them."""
