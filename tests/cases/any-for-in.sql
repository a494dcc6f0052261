-- case: = ANY
SELECT name FROM customers WHERE id = ANY (SELECT customer_id FROM orders)
-- dialect: postgres
-- becomes:
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)

-- case: <> ALL
SELECT name FROM customers WHERE id <> ALL (SELECT customer_id FROM orders WHERE total > 5)
-- dialect: postgres
-- becomes:
SELECT name FROM customers WHERE NOT id IN (SELECT customer_id FROM orders WHERE total > 5)
-- never: any other one is enough
SELECT name FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE total > 5 AND customer_id <> customers.id)

-- case: <> ANY is no NOT IN
SELECT name FROM customers WHERE id <> ANY (SELECT customer_id FROM orders)
-- dialect: postgres

-- case: an order
SELECT name FROM products WHERE price > ALL (SELECT price FROM products WHERE stock = 0)
-- dialect: postgres
