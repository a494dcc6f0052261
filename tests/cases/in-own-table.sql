-- case: the row itself is asked
SELECT name FROM customers WHERE id IN (SELECT c.id FROM customers c WHERE c.city = 'Oslo')
-- becomes:
SELECT name FROM customers WHERE customers.city = 'Oslo'

-- case: another table beside it becomes EXISTS
SELECT o.total FROM orders o WHERE o.id IN (SELECT p.id FROM orders p JOIN order_lines l ON l.order_id = p.id WHERE l.quantity > 3 AND p.status = 'new')
-- becomes:
SELECT o.total FROM orders o WHERE EXISTS (SELECT 1 FROM order_lines l WHERE l.quantity > 3 AND o.status = 'new' AND l.order_id = o.id)
-- never: once for each of its lines
SELECT o.total FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE l.quantity > 3 AND o.status = 'new'

-- case: under NOT a NULL stays in
SELECT id FROM orders WHERE NOT id IN (SELECT o.id FROM orders o WHERE o.total > 100)
-- becomes:
SELECT id FROM orders WHERE orders.total <= 100 OR orders.total IS NULL
-- never: orders without a total are lost
SELECT id FROM orders WHERE orders.total <= 100

-- case: by way of an equal column, through a derived UNION
SELECT l.quantity FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.order_id IN (SELECT id FROM (SELECT * FROM orders WHERE status = 'new' UNION ALL SELECT * FROM orders WHERE total > 900) AS picked)
-- becomes:
SELECT l.quantity FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.status = 'new' OR o.total > 900

-- case: beside other conditions under OR
SELECT id FROM orders WHERE coupon = 'x' OR id IN (SELECT id FROM orders WHERE status = 'new' AND total > 5)
-- becomes:
SELECT id FROM orders WHERE coupon = 'x' OR (orders.status = 'new' AND orders.total > 5)

-- case: not by the key
SELECT id FROM orders WHERE customer_id IN (SELECT o.customer_id FROM orders o WHERE o.total > 9)
-- never: other orders of such customers are lost
SELECT id FROM orders WHERE total > 9

-- case: another table
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE total > 9)

-- case: limited
SELECT id FROM orders WHERE id IN (SELECT id FROM orders WHERE total > 9 ORDER BY id LIMIT 3)
-- never: all of them, not three
SELECT id FROM orders WHERE total > 9

-- case: a row that an outer join may have filled with NULL
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IN (SELECT p.id FROM orders p WHERE p.total IS NULL)
-- never: customers without orders come in
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total IS NULL

-- case: under NOT, a condition that is not simply turned round
SELECT id FROM orders WHERE NOT id IN (SELECT o.id FROM orders o WHERE o.total > 100 AND o.coupon LIKE 'a%')
-- never: unknown is not false
SELECT id FROM orders WHERE NOT (total > 100 AND coupon LIKE 'a%')

-- case: a UNION for the sake of indexes
SELECT name FROM projects WHERE id IN (SELECT id FROM projects WHERE owner_id = 3 UNION ALL SELECT id FROM projects WHERE visibility = 20)
-- schema: tracker

-- case: one branch reads another table
SELECT id FROM orders WHERE id IN (SELECT id FROM orders WHERE status = 'new' UNION SELECT order_id FROM order_lines)

-- case: a subquery inside has a table of the same name
SELECT o.id FROM orders o WHERE o.id IN (SELECT p.id FROM orders p WHERE EXISTS (SELECT 1 FROM order_lines o WHERE o.order_id = p.id))
