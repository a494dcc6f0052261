-- case: the subquery's alias hides the outer one
SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM payments o WHERE o.order_id > 5)
-- found
-- never: the inner alias renamed in one place of two
SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM payments p WHERE o.id > 5)

-- case: an alias that is the name of a table outside
SELECT customers.name FROM customers WHERE id IN (SELECT customers.customer_id FROM orders AS customers)
-- found

-- case: two queries that do not see each other
SELECT d.id FROM (SELECT o.id FROM orders o) d JOIN payments o ON o.order_id = d.id

-- case: a table read twice under its own name
SELECT id FROM orders WHERE total > (SELECT AVG(total) FROM orders)
