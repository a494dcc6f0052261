-- case: the primary key first
SELECT id, name FROM customers ORDER BY id, name
-- becomes:
SELECT id, name FROM customers ORDER BY id

-- case: the key of the many side, after another column
SELECT o.id, c.city FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.placed DESC, o.id, c.city, c.name
-- becomes:
SELECT o.id, c.city FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.placed DESC, o.id

-- case: half a key
SELECT order_id, line FROM order_lines ORDER BY order_id, line
-- never: the lines of an order are no longer sorted
SELECT order_id, line FROM order_lines ORDER BY order_id

-- case: the key of the one side repeats
SELECT c.id, o.placed FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY c.id, o.placed
-- never: the orders of a customer are no longer sorted
SELECT c.id, o.placed FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY c.id
