-- case: with a key among the outputs
SELECT id, total FROM orders WHERE total > 900 UNION SELECT id, total FROM orders WHERE status = 'new'
-- becomes:
SELECT id, total FROM orders WHERE total > 900 OR status = 'new'

-- case: without a key DISTINCT stays
SELECT city FROM customers WHERE name = 'Ann' UNION SELECT city FROM customers WHERE name = 'Bob'
-- becomes:
SELECT DISTINCT city FROM customers WHERE name = 'Ann' OR name = 'Bob'
-- never: a city of two customers is there twice
SELECT city FROM customers WHERE name = 'Ann' OR name = 'Bob'

-- case: a derived table, joined, with a shared condition
SELECT u.id FROM (SELECT o.*, c.id AS buyer FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.city = 'Oslo' AND o.total > 9 UNION SELECT o.*, c.id AS buyer FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.city = 'Oslo' AND o.status = 'new' AND o.coupon = 'x') AS u
-- becomes:
SELECT u.id FROM (SELECT o.*, c.id AS buyer FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.city = 'Oslo' AND (o.total > 9 OR (o.status = 'new' AND o.coupon = 'x'))) AS u

-- case: UNION ALL repeats what meets both
SELECT id FROM orders WHERE total > 900 UNION ALL SELECT id FROM orders WHERE status = 'new'
-- never: an order that meets both is there once
SELECT id FROM orders WHERE total > 900 OR status = 'new'

-- case: other outputs
SELECT id FROM orders WHERE total > 900 UNION SELECT customer_id FROM orders WHERE status = 'new'

-- case: groups
SELECT status, COUNT(*) FROM orders WHERE total > 900 GROUP BY status UNION SELECT status, COUNT(*) FROM orders WHERE total < 5 GROUP BY status

-- case: each side has an index of its own
SELECT name FROM projects WHERE owner_id = 3 UNION SELECT name FROM projects WHERE visibility = 20
-- schema: tracker
