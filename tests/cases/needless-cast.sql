-- case: a date
SELECT id FROM orders WHERE CAST(placed AS DATE) = '2024-05-01'
-- dialect: duckdb
-- becomes:
SELECT id FROM orders WHERE placed = '2024-05-01'

-- case: a whole number, by another spelling
SELECT CAST(o.customer_id AS INT) AS customer FROM orders o
-- becomes:
SELECT o.customer_id AS customer FROM orders o

-- case: a timestamp has a time
SELECT id FROM orders WHERE CAST(paid AS DATE) = '2024-05-01'
-- dialect: duckdb
-- never: only at midnight
SELECT id FROM orders WHERE paid = '2024-05-01'

-- case: a number with a fraction
SELECT id FROM orders WHERE CAST(total AS INTEGER) = 5
-- never: 5.5 is cut to 5
SELECT id FROM orders WHERE total = 5
