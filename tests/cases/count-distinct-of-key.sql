-- case: the key
SELECT COUNT(DISTINCT id) FROM customers
-- becomes:
SELECT COUNT(id) FROM customers

-- case: for each group, with an alias
SELECT o.status, COUNT(DISTINCT o.id) AS n FROM orders o GROUP BY o.status
-- becomes:
SELECT o.status, COUNT(o.id) AS n FROM orders o GROUP BY o.status

-- case: a join repeats the key
SELECT COUNT(DISTINCT c.id) FROM customers c JOIN orders o ON o.customer_id = c.id
-- never: customers with two orders are counted twice
SELECT COUNT(c.id) FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: half a key
SELECT COUNT(DISTINCT order_id) FROM order_lines
-- never: orders with two lines are counted twice
SELECT COUNT(order_id) FROM order_lines
