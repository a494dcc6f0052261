-- case: BETWEEN
SELECT id FROM orders WHERE paid BETWEEN '2024-05-01' AND '2024-05-31'
-- found
-- never: with the last day
SELECT id FROM orders WHERE paid >= '2024-05-01' AND paid < '2024-06-01'

-- case: <= and =, from the right
SELECT id FROM payments WHERE '2024-05-31' >= made
-- found

-- case: a day in a query of a day
SELECT id FROM payments WHERE made = CAST('2024-05-31' AS DATE)
-- dialect: duckdb
-- found
-- never: at any time of it
SELECT id FROM payments WHERE CAST(made AS DATE) = CAST('2024-05-31' AS DATE)

-- case: a date has no time
SELECT id FROM orders WHERE placed BETWEEN '2024-05-01' AND '2024-05-31'

-- case: the end has a time
SELECT id FROM orders WHERE paid BETWEEN '2024-05-01' AND '2024-05-31 23:59:59'

-- case: before a day
SELECT id FROM orders WHERE paid < '2024-06-01'
