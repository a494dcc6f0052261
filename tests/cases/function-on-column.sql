-- case: a year
SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed) = 2024
-- dialect: duckdb
-- becomes:
SELECT id FROM orders WHERE placed >= '2024-01-01' AND placed < '2025-01-01'
-- never: one day too many
SELECT id FROM orders WHERE placed >= '2024-01-01' AND placed <= '2025-01-01'

-- case: a year in SQLite, up to and with
SELECT id FROM orders WHERE strftime('%Y', placed) <= '2023' AND total > 5
-- becomes:
SELECT id FROM orders WHERE placed < '2024-01-01' AND total > 5

-- case: years between, as numbers
SELECT id FROM orders WHERE CAST(strftime('%Y', placed) AS INTEGER) BETWEEN 2022 AND 2023
-- becomes:
SELECT id FROM orders WHERE placed >= '2022-01-01' AND placed < '2024-01-01'

-- case: a day of a timestamp
SELECT id FROM orders WHERE NOT CAST(paid AS DATE) = '2024-02-28'
-- dialect: duckdb
-- becomes:
SELECT id FROM orders WHERE NOT (paid >= '2024-02-28' AND paid < '2024-02-29')
-- never: only midnight
SELECT id FROM orders WHERE NOT paid = '2024-02-28'

-- case: a filler that is not asked for
SELECT name FROM customers WHERE COALESCE(city, 'none') = 'Oslo'
-- becomes:
SELECT name FROM customers WHERE city = 'Oslo'

-- case: the filler itself
SELECT name FROM products WHERE COALESCE(stock, 0) = 0 AND price > 5
-- becomes:
SELECT name FROM products WHERE (stock = 0 OR stock IS NULL) AND price > 5
-- never: products whose stock is unknown are lost
SELECT name FROM products WHERE stock = 0 AND price > 5

-- case: a function without a plain form
SELECT id FROM customers WHERE LOWER(name) = 'ann'
-- found
-- never: other spellings are lost
SELECT id FROM customers WHERE name = 'ann'

-- case: the filler under NOT, where unknown is not false
SELECT name FROM products WHERE NOT COALESCE(stock, 0) = 5
-- found
-- never: products whose stock is unknown are lost
SELECT name FROM products WHERE NOT stock = 5

-- case: in the SELECT list, and around a constant
SELECT UPPER(name) FROM customers WHERE name = UPPER('ann')

-- case: from a year on
SELECT id FROM orders WHERE 2023 <= EXTRACT(YEAR FROM placed)
-- dialect: duckdb
-- becomes:
SELECT id FROM orders WHERE placed >= '2023-01-01'

-- case: before a year, and after one
SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed) < 2024 AND EXTRACT(YEAR FROM paid) > 2022
-- dialect: duckdb
-- becomes:
SELECT id FROM orders WHERE placed < '2024-01-01' AND EXTRACT(YEAR FROM paid) > 2022
-- becomes:
SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed) < 2024 AND paid >= '2023-01-01'
-- never: the year itself is not after itself
SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed) < 2024 AND paid >= '2022-01-01'

-- case: a month, cut off
SELECT id FROM payments WHERE DATE_TRUNC('month', made) = '2024-12-01'
-- dialect: duckdb
-- becomes:
SELECT id FROM payments WHERE made >= '2024-12-01' AND made < '2025-01-01'
-- never: what comes before
SELECT id FROM payments WHERE made < '2024-12-01'

-- case: a month as text
SELECT id FROM orders WHERE STRFTIME('%Y-%m', placed) >= '2024-03'
-- becomes:
SELECT id FROM orders WHERE placed >= '2024-03-01'

-- case: no whole month
SELECT id FROM payments WHERE DATE_TRUNC('month', made) = '2024-12-15'
-- dialect: duckdb
-- found
