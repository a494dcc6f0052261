-- case: IN compares it already
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.customer_id = c.id AND o.total > 9)
-- becomes:
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.total > 9)

-- case: groups by the compared column
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE c.id = o.customer_id GROUP BY o.customer_id HAVING COUNT(*) > 1)
-- becomes:
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o GROUP BY o.customer_id HAVING COUNT(*) > 1)

-- case: under NOT
SELECT name FROM customers c WHERE NOT c.referrer_id IN (SELECT r.referrer_id FROM customers r WHERE r.referrer_id = c.referrer_id AND r.city = 'Oslo')
-- never: NOT IN meets a NULL now
SELECT name FROM customers c WHERE NOT c.referrer_id IN (SELECT r.referrer_id FROM customers r WHERE r.city = 'Oslo')

-- case: groups of another column
SELECT name FROM customers c WHERE c.id IN (SELECT MIN(o.customer_id) FROM orders o WHERE o.customer_id = c.id GROUP BY o.status)
-- never: the least of all customers
SELECT name FROM customers c WHERE c.id IN (SELECT MIN(o.customer_id) FROM orders o GROUP BY o.status)

-- case: tied by another column
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.coupon = c.city)
-- never: the coupon no longer counts
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o)

-- case: alone already
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.total > 9)
