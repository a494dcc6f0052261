-- case: one name from two tables
SELECT c.id, o.id FROM customers c JOIN orders o ON o.customer_id = c.id
-- found
-- never: one of the two is left out
SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: an alias that is another column's name
SELECT city, name AS city FROM customers
-- found

-- case: every column has its name
SELECT c.id AS customer_id, o.id FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: nobody reads what EXISTS selects
SELECT name FROM customers c WHERE EXISTS (SELECT o.id, o.id FROM orders o WHERE o.customer_id = c.id)
