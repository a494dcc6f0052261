-- case: above zero
SELECT name FROM customers c WHERE (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) > 0
-- becomes:
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: none, from the left, over a column that may be NULL
SELECT name FROM customers c WHERE 0 = (SELECT COUNT(o.coupon) FROM orders o WHERE o.customer_id = c.id)
-- becomes:
SELECT name FROM customers c
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND NOT o.coupon IS NULL)
-- never: orders without a coupon are not counted
SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: as an output
SELECT c.id, (SELECT COUNT(DISTINCT o.status) FROM orders o WHERE o.customer_id = c.id) >= 1 AS buys FROM customers c
-- becomes:
SELECT c.id, EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id) AS buys FROM customers c

-- case: the number matters
SELECT name FROM customers c WHERE (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id) > 1
-- never: one order is not two
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: a grouped count is NULL where there is no group
SELECT name FROM customers c
WHERE (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id GROUP BY o.customer_id) = 0
-- never: no group, no zero
SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
