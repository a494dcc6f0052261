-- case: letters in turn
SELECT a.name, b.total FROM customers a JOIN orders b ON b.customer_id = a.id
-- found
-- never: the aliases exchanged, and with them the side of the join
SELECT o.name, c.total FROM customers o LEFT JOIN orders c ON c.customer_id = o.id

-- case: numbers
SELECT t1.id FROM orders t1, order_lines t2 WHERE t2.order_id = t1.id
-- found

-- case: first letters of the names, and of their words
SELECT c.name, l.quantity FROM customers c JOIN orders o ON o.customer_id = c.id
JOIN order_lines l ON l.order_id = o.id

-- case: one table
SELECT x.name FROM customers x
