-- case: DELETE without a condition
DELETE FROM orders
-- found

-- case: UPDATE without a condition
UPDATE customers SET city = 'Oslo'
-- found

-- case: a condition of constants
DELETE FROM orders WHERE 1 = 1
-- found

-- case: true, joined to a real condition by OR
UPDATE orders SET status = 'sent' WHERE id = 7 OR TRUE
-- found

-- case: a column that is never NULL, compared with itself
DELETE FROM orders WHERE id = id
-- found

-- case: the same of a column that may be NULL chooses some rows
DELETE FROM customers WHERE city = city

-- case: a condition
DELETE FROM orders WHERE id = 7

-- case: a LIMIT bounds it
DELETE FROM orders LIMIT 100
-- dialect: mysql

-- case: true, joined to a real condition by AND
DELETE FROM orders WHERE 1 = 1 AND id = 7

-- case: a join chooses the rows
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.status = 'sent'
-- dialect: mysql

-- case: inside a writable CTE
WITH gone AS (DELETE FROM orders RETURNING id) SELECT COUNT(*) FROM gone
-- found

-- case: DELETE as an action of MERGE
MERGE INTO orders USING customers ON orders.customer_id = customers.id WHEN MATCHED THEN DELETE
