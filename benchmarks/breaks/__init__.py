"""Real queries, and ways to break them that know nothing of how sqlwright repairs."""
