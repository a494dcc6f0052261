-- case: the substitute first
SELECT CASE WHEN city IS NULL THEN 'unknown' ELSE city END FROM customers
-- becomes:
SELECT COALESCE(city, 'unknown') FROM customers

-- case: the value first, and another column as its substitute
SELECT CASE WHEN c.email IS NOT NULL THEN c.email ELSE c.name END AS contact FROM customers c
-- becomes:
SELECT COALESCE(c.email, c.name) AS contact FROM customers c

-- case: a subquery that is written twice
SELECT c.id, CASE WHEN (SELECT MAX(total) FROM orders o WHERE o.customer_id = c.id) IS NULL THEN 0 ELSE (SELECT MAX(total) FROM orders o WHERE o.customer_id = c.id) END FROM customers c
-- becomes:
SELECT c.id, COALESCE((SELECT MAX(total) FROM orders o WHERE o.customer_id = c.id), 0) FROM customers c

-- case: the tested column is not the one that is given
SELECT CASE WHEN city IS NULL THEN 'unknown' ELSE name END FROM customers
-- never: the city in place of the name
SELECT COALESCE(city, 'unknown') FROM customers

-- case: two tests
SELECT CASE WHEN city IS NULL THEN 'unknown' WHEN city = 'Oslo' THEN 'capital' ELSE city END FROM customers
