-- case: against the join condition
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR (c.city = 'Oslo' AND o.customer_id <> c.id)
-- becomes:
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new'

-- case: against a bound
SELECT id FROM orders WHERE total > 100 AND (status = 'new' OR coupon = 'x' OR total < 50)
-- becomes:
SELECT id FROM orders WHERE total > 100 AND (status = 'new' OR coupon = 'x')

-- case: one branch left holds an AND
SELECT id FROM orders WHERE total > 100 AND (status = 'new' AND coupon = 'x' OR total = 7)
-- becomes:
SELECT id FROM orders WHERE total > 100 AND (status = 'new' AND coupon = 'x')

-- case: possible together
SELECT id FROM orders WHERE total > 100 AND (status = 'new' OR total < 150)
-- never: those in between are lost
SELECT id FROM orders WHERE total > 100 AND status = 'new'

-- case: the join keeps rows that do not meet its condition
SELECT o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.status = 'new' OR c.id <> o.customer_id

-- case: other columns
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.referrer_id <> o.customer_id
