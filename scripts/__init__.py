"""Setting up a machine and keeping the locks: Python 3.9 and its standard library only."""
