"""HTTP and the VO protocols: parse, call one service method, render."""
