-- case: the same table twice
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = o.id
-- found
-- never: the condition that was meant returns other rows
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: only the other table
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON c.city = 'Oslo'
-- found

-- case: WHERE ties them
SELECT c.name, o.total FROM customers c JOIN orders o ON o.total > 9 WHERE o.customer_id = c.id

-- case: ON TRUE is said on purpose
SELECT c.name, p.name FROM customers c JOIN products p ON TRUE

-- case: tied by way of a third
SELECT c.name, l.line FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id

-- case: an unknown table
SELECT c.name FROM customers c JOIN elsewhere e ON x = y
