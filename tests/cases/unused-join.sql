-- case: joined on its key, and used nowhere
SELECT o.id, o.total FROM orders o LEFT JOIN customers c ON c.id = o.customer_id
-- becomes:
SELECT o.id, o.total FROM orders o

-- case: a key of two columns, one of them a constant
SELECT p.name FROM products p LEFT JOIN order_lines l ON l.order_id = p.stock AND l.line = 1
-- becomes:
SELECT p.name FROM products p

-- case: DISTINCT folds the repeats
SELECT DISTINCT c.city FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
-- becomes:
SELECT DISTINCT c.city FROM customers c

-- case: the join repeats rows
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
-- never: a customer with two orders is there twice
SELECT c.name FROM customers c

-- case: half a key
SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
-- never: an order with two lines is there twice
SELECT o.id FROM orders o

-- case: an inner join also asks whether there is a match
SELECT p.name FROM products p JOIN customers c ON c.id = p.stock
-- never: products without such a customer come back
SELECT p.name FROM products p

-- case: a column of it is selected
SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id

-- case: counted with the repeats that the join makes
SELECT COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
-- never: orders were counted
SELECT COUNT(*) FROM customers c
