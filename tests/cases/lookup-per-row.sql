-- case: a name by its key
SELECT o.id, (SELECT c.name FROM customers c WHERE c.id = o.customer_id) AS customer FROM orders o
-- becomes:
SELECT o.id, c.name AS customer FROM orders o LEFT JOIN customers AS c ON c.id = o.customer_id
-- never: rows without a match are lost where the key may be NULL
SELECT o.id, c.name AS customer FROM orders o JOIN customers AS c ON c.id = o.customer_id AND c.city = 'Oslo'

-- case: in an expression, of the same table, with another condition
SELECT c.name, COALESCE((SELECT r.name FROM customers r WHERE r.id = c.referrer_id AND r.city = 'Oslo'), '-') AS referrer FROM customers c
-- becomes:
SELECT c.name, COALESCE(r.name, '-') AS referrer FROM customers c LEFT JOIN customers AS r ON r.id = c.referrer_id AND r.city = 'Oslo'
-- never: those without a referrer are lost
SELECT c.name, COALESCE(r.name, '-') AS referrer FROM customers c JOIN customers AS r ON r.id = c.referrer_id AND r.city = 'Oslo'

-- case: not by a key
SELECT c.name, (SELECT o.status FROM orders o WHERE o.customer_id = c.id) AS status FROM customers c

-- case: an aggregate
SELECT c.name, (SELECT MAX(o.total) FROM orders o WHERE o.customer_id = c.id) AS most FROM customers c

-- case: groups outside
SELECT o.customer_id, (SELECT c.name FROM customers c WHERE c.id = o.customer_id) AS customer, COUNT(*) FROM orders o GROUP BY o.customer_id

-- case: ON would not see the table before a comma
SELECT o.id, (SELECT c.name FROM customers c WHERE c.id = o.customer_id) AS customer FROM orders o, products p
