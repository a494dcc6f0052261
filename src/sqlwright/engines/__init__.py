"""One file an engine: how it is opened so that it only reads, and how its catalog is read."""
