-- case: one join
SELECT c.name, o.total FROM orders o RIGHT JOIN customers c ON o.customer_id = c.id
-- becomes:
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
-- never: the tables stayed where they were
SELECT c.name, o.total FROM orders o LEFT JOIN customers c ON o.customer_id = c.id

-- case: two joins
SELECT c.name, l.quantity FROM order_lines l JOIN orders o ON l.order_id = o.id RIGHT JOIN customers c ON o.customer_id = c.id
-- found

-- case: LEFT JOIN
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
