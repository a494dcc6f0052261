-- schema: shop
-- pair: UNION of parts that may overlap
SELECT id FROM orders WHERE total > 10 OR status = 'open'
-- never:
SELECT id FROM orders WHERE total > 10 UNION ALL SELECT id FROM orders WHERE status = 'open'
-- because: an open order of 20 comes twice

-- pair: the second branch leaves out unknown ones
SELECT id FROM orders WHERE tax > 3 OR status = 'open'
-- never:
SELECT id FROM orders WHERE tax > 3 UNION ALL SELECT id FROM orders WHERE status = 'open' AND tax <= 3
-- because: an open order without tax is in neither branch

-- pair: UNION removes what its first branch repeats
SELECT status FROM orders UNION SELECT 'none'
-- never:
SELECT status FROM orders UNION ALL SELECT 'none'
-- because: two open orders are one row of a UNION

-- pair: EXCEPT keeps no duplicates
SELECT customer_id FROM orders EXCEPT SELECT id FROM customers WHERE city = 'Oslo'
-- never:
SELECT customer_id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.city = 'Oslo' AND c.id = o.customer_id)
-- because: two orders of one customer elsewhere come twice from the second

-- pair: INTERSECT and an inner join
SELECT city FROM customers INTERSECT SELECT category FROM products
-- never:
SELECT DISTINCT c.city FROM customers AS c JOIN products AS p ON p.category = c.city
-- because: a NULL on both sides is in the intersection and not in the join

-- pair: INTERSECT binds before UNION only in parentheses that are not there
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders UNION ALL SELECT referrer_id FROM customers)
-- never:
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders) AND id IN (SELECT referrer_id FROM customers)
-- because: a customer with an order who referred nobody

-- pair: a limit before a filter
SELECT id FROM (SELECT id, total FROM orders ORDER BY id LIMIT 2) AS t WHERE total > 10
-- never:
SELECT id FROM orders WHERE total > 10 ORDER BY id LIMIT 2
-- because: with ids 1 and 2 small and 3 great the first is empty

-- pair: a limit pushed below a join that repeats
SELECT o.id, i.line_no FROM orders AS o JOIN items AS i ON i.order_id = o.id ORDER BY o.id, i.line_no LIMIT 2
-- never:
SELECT o.id, i.line_no FROM (SELECT id FROM orders ORDER BY id LIMIT 2) AS o JOIN items AS i ON i.order_id = o.id ORDER BY o.id, i.line_no
-- because: three items of the first order are all in the second result

-- pair: DISTINCT after a limit
SELECT DISTINCT status FROM (SELECT status FROM orders ORDER BY status LIMIT 2) AS t
-- never:
SELECT DISTINCT status FROM orders ORDER BY status LIMIT 2
-- because: two open orders and a paid one

-- pair: OFFSET one too far
SELECT id FROM orders ORDER BY id LIMIT 2 OFFSET 1
-- never:
SELECT id FROM orders ORDER BY id LIMIT 2 OFFSET 2
-- because: the second row is skipped by the second

-- pair: the order of NULLs
SELECT id, tax FROM orders ORDER BY tax NULLS FIRST, id
-- never:
SELECT id, tax FROM orders ORDER BY tax NULLS LAST, id
-- because: an order without tax and one with it

-- pair: a key of the order is dropped
SELECT id, total FROM orders ORDER BY total DESC, id
-- never:
SELECT id, total FROM orders ORDER BY total DESC, id DESC
-- because: two orders of one total

-- pair: a union of groups counts a shared key twice
SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id
-- never:
SELECT customer_id, COUNT(*) AS n FROM orders WHERE total > 10 GROUP BY customer_id UNION ALL SELECT customer_id, COUNT(*) FROM orders WHERE total <= 10 GROUP BY customer_id
-- because: a customer with a small and a big order is two rows of the second
