-- case: an order once for each of its lines
SELECT SUM(o.total) FROM orders o JOIN order_lines l ON l.order_id = o.id
-- found
-- never: each order once
SELECT SUM(o.total) FROM orders o WHERE EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)

-- case: an average for each customer
SELECT c.name, AVG(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id GROUP BY c.id, c.name
-- found
-- never: each order once
SELECT c.name, AVG(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name

-- case: a comma join and an outer join
SELECT SUM(p.price) FROM products p LEFT JOIN order_lines l ON p.id = l.product_id
-- found

-- case: the many side is summed
SELECT o.id, SUM(l.quantity) FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id

-- case: both sides are read
SELECT SUM(l.quantity * p.price) FROM order_lines l JOIN products p ON p.id = l.product_id

-- case: one line is taken
SELECT SUM(o.total) FROM orders o JOIN order_lines l ON l.order_id = o.id AND l.line = 1

-- case: the key of the many side is grouped
SELECT l.order_id, l.line, SUM(p.price) FROM order_lines l JOIN products p ON p.id = l.product_id GROUP BY l.order_id, l.line

-- case: the greatest is no sum
SELECT MAX(o.total) FROM orders o JOIN order_lines l ON l.order_id = o.id

-- case: ones are added
SELECT SUM(CASE WHEN o.status = 'open' THEN 1 ELSE 0 END) FROM orders o JOIN order_lines l ON l.order_id = o.id

-- case: the many side is what is counted
SELECT p.name, COUNT(*), AVG(p.price) FROM order_lines l JOIN products p ON p.id = l.product_id GROUP BY p.name
