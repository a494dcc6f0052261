-- case: every grouping key is selected
SELECT DISTINCT city, COUNT(*) FROM customers GROUP BY city
-- becomes:
SELECT city, COUNT(*) FROM customers GROUP BY city

-- case: the key is not selected, so two groups may look alike
SELECT DISTINCT COUNT(*) FROM customers GROUP BY city
-- never: groups of one size
SELECT COUNT(*) FROM customers GROUP BY city

-- case: a key is selected
SELECT DISTINCT id, name FROM customers WHERE city = 'Oslo'
-- becomes:
SELECT id, name FROM customers WHERE city = 'Oslo'

-- case: the key of the many side fixes the one side
SELECT DISTINCT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id
-- becomes:
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id

-- case: the key of the one side does not fix the many side
SELECT DISTINCT c.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id
-- never: once for each order
SELECT c.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id

-- case: the key, across a LEFT JOIN on the other's key
SELECT DISTINCT o.id, c.city FROM orders o LEFT JOIN customers c ON c.id = o.customer_id
-- becomes:
SELECT o.id, c.city FROM orders o LEFT JOIN customers c ON c.id = o.customer_id

-- case: the optional side's key says nothing of the rows without a match
SELECT DISTINCT o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
-- never: NULL once for each customer without an order
SELECT o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id

-- case: half the key is selected, the other half is a constant
SELECT DISTINCT order_id, quantity FROM order_lines WHERE line = 1
-- becomes:
SELECT order_id, quantity FROM order_lines WHERE line = 1

-- case: under IN, duplicates do not count
SELECT name FROM customers WHERE id IN (SELECT DISTINCT customer_id FROM orders)
-- becomes:
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)

-- case: one row
SELECT DISTINCT COUNT(*), MAX(total) FROM orders
-- becomes:
SELECT COUNT(*), MAX(total) FROM orders

-- case: a unique column that may be NULL
SELECT DISTINCT email FROM customers
-- never: many customers have none
SELECT email FROM customers

-- case: engines differ on whether the output or the column is grouped
SELECT DISTINCT UPPER(city) AS city, COUNT(*) FROM customers GROUP BY city
