-- case: LIMIT 1
SELECT name FROM customers c WHERE EXISTS (SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.id LIMIT 1)
-- becomes:
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: groups that nobody filters
SELECT name FROM customers c WHERE NOT EXISTS (SELECT o.status, COUNT(*) FROM orders o WHERE o.customer_id = c.id GROUP BY o.status)
-- becomes:
SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: groups are filtered
SELECT name FROM customers c WHERE EXISTS (SELECT o.status FROM orders o WHERE o.customer_id = c.id GROUP BY o.status HAVING COUNT(*) > 1)
-- never: one order is enough now
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: no row at all
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id LIMIT 0)
-- never: now there is one
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: the second row
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id LIMIT 1 OFFSET 1)
-- never: the first is enough now
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: an aggregate gives a row of nothing
SELECT name FROM customers c WHERE EXISTS (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id LIMIT 1)
-- never: customers without orders are lost
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: plain
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
