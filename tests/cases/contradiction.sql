-- case: an empty range
SELECT name FROM customers WHERE id > 10 AND id < 5
-- found
-- never: OR was perhaps meant, and finds rows
SELECT name FROM customers WHERE id > 10 OR id < 5

-- case: two values at once
SELECT name FROM customers WHERE city = 'Oslo' AND city = 'Rome'
-- found
-- never: IN was perhaps meant
SELECT name FROM customers WHERE city IN ('Oslo', 'Rome')

-- case: BETWEEN with its bounds exchanged
SELECT id FROM orders WHERE total BETWEEN 90 AND 10
-- found
-- never: the other way round
SELECT id FROM orders WHERE total BETWEEN 10 AND 90

-- case: IS NULL on a column that never is
SELECT id FROM orders WHERE customer_id IS NULL
-- found

-- case: literals that differ
SELECT id FROM orders WHERE 1 = 0
-- found

-- case: ranges that meet in a point
SELECT name FROM customers WHERE id >= 5 AND id <= 5

-- case: an outer join makes the column NULL
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL

-- case: two columns
SELECT id FROM order_lines AS l JOIN products AS p ON p.id = l.product_id WHERE p.id = 3 AND l.line = 4
