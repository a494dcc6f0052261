-- case: crossed ranges
SELECT COUNT(*) FROM GENERATE_SERIES(1, 100000) AS a CROSS JOIN GENERATE_SERIES(1, 100000) AS b
-- dialect: duckdb
-- found

-- case: one wide range
SELECT COUNT(*) FROM GENERATE_SERIES(1, 100000000) AS a
-- dialect: duckdb
-- found

-- case: a small range
SELECT COUNT(*) AS n FROM GENERATE_SERIES(1, 100) AS a
-- dialect: duckdb
-- never: one row fewer
SELECT COUNT(*) AS n FROM GENERATE_SERIES(2, 100) AS a
-- dialect: duckdb

-- case: a wide range with long steps
SELECT COUNT(*) FROM GENERATE_SERIES(1, 100000000, 1000000) AS a
-- dialect: duckdb

-- case: a bound that is no number
SELECT COUNT(*) FROM customers c, GENERATE_SERIES(1, c.id) AS a
-- dialect: duckdb
