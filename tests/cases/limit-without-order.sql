-- case: a plain limit
SELECT name FROM customers LIMIT 5
-- found
-- never: other rows
SELECT name FROM customers LIMIT 6

-- case: in a derived table
SELECT d.name FROM (SELECT name FROM customers WHERE city = 'Oslo' LIMIT 3) AS d ORDER BY d.name
-- found

-- case: with an order
SELECT name FROM customers ORDER BY name, id LIMIT 5

-- case: one row is all there can be
SELECT COUNT(*) FROM customers LIMIT 1

-- case: EXISTS needs any row
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id LIMIT 1)

-- case: the names of the columns alone
SELECT name FROM customers LIMIT 0
