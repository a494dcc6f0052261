-- case: a constant keeps the sides apart, a key the rows within each
SELECT id, 'open' AS kind FROM orders WHERE status = 'open'
UNION
SELECT id, 'paid' AS kind FROM orders WHERE status = 'paid'
-- becomes:
SELECT id, 'open' AS kind FROM orders WHERE status = 'open'
UNION ALL
SELECT id, 'paid' AS kind FROM orders WHERE status = 'paid'

-- case: the constant stands in WHERE
SELECT id, status FROM orders WHERE status = 'open' UNION SELECT id, status FROM orders WHERE status = 'paid'
-- becomes:
SELECT id, status FROM orders WHERE status = 'open' UNION ALL SELECT id, status FROM orders WHERE status = 'paid'

-- case: under IN, duplicates do not count
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders UNION SELECT referrer_id FROM customers)
-- becomes:
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders UNION ALL SELECT referrer_id FROM customers)

-- case: the sides are apart, but rows within a side repeat
SELECT customer_id, 'open' AS kind FROM orders WHERE status = 'open'
UNION
SELECT customer_id, 'paid' AS kind FROM orders WHERE status = 'paid'
-- never: a customer with two open orders
SELECT customer_id, 'open' AS kind FROM orders WHERE status = 'open'
UNION ALL
SELECT customer_id, 'paid' AS kind FROM orders WHERE status = 'paid'

-- case: the sides share rows
SELECT id FROM orders WHERE total > 5 UNION SELECT id FROM orders WHERE status = 'open'
-- never: open orders above 5 are there twice
SELECT id FROM orders WHERE total > 5 UNION ALL SELECT id FROM orders WHERE status = 'open'
