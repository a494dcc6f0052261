-- case: a number that is always 1
SELECT id, ROW_NUMBER() OVER (PARTITION BY id ORDER BY placed) AS n FROM orders
-- found
-- never: for each customer
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed, id) AS n FROM orders

-- case: a sum of one row, over a join that does not repeat it
SELECT o.id, SUM(o.total) OVER (PARTITION BY o.id) AS sum FROM orders o JOIN customers c ON c.id = o.customer_id
-- found
-- never: for each customer
SELECT o.id, SUM(o.total) OVER (PARTITION BY c.id) AS sum FROM orders o JOIN customers c ON c.id = o.customer_id

-- case: no key
SELECT id, COUNT(*) OVER (PARTITION BY status) AS n FROM orders

-- case: a join repeats the key
SELECT o.id, COUNT(*) OVER (PARTITION BY o.id) AS n FROM orders o JOIN order_lines l ON l.order_id = o.id
