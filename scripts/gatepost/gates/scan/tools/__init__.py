"""One module per scanner: the command line it needs, and the reading of its own report."""
