"""One file a municipality: the only place where two municipalities differ."""
