-- case: a condition on a column that is never NULL
SELECT id FROM orders WHERE COALESCE(status, 'new') = 'open'
-- becomes:
SELECT id FROM orders WHERE status = 'open'

-- case: a count is never NULL
SELECT customer_id, COALESCE(COUNT(*), 0) AS n FROM orders GROUP BY customer_id
-- becomes:
SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id

-- case: what follows the first sure value
SELECT COALESCE(email, name, city) FROM customers
-- becomes:
SELECT COALESCE(email, name) FROM customers

-- case: another kind of value, so the type may change
SELECT COALESCE(id, 0.5) FROM customers
-- found

-- case: the value may be missing
SELECT COALESCE(city, 'nowhere') FROM customers
-- never: NULL where the city is missing
SELECT city FROM customers

-- case: a LEFT JOIN makes it NULL
SELECT c.id, COALESCE(o.status, 'none') FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
-- never: customers without an order have no status
SELECT c.id, o.status FROM customers c LEFT JOIN orders o ON o.customer_id = c.id

-- case: ROLLUP makes it NULL
SELECT COALESCE(g.s, 'all') FROM (SELECT status AS s, COUNT(*) AS n FROM orders GROUP BY ROLLUP (status)) AS g
-- dialect: duckdb
-- never: the row of all states
SELECT g.s FROM (SELECT status AS s, COUNT(*) AS n FROM orders GROUP BY ROLLUP (status)) AS g
