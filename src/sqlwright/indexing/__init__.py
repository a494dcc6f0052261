"""Which indexes a database lacks for its queries: candidates from the queries, tried in a copy."""
