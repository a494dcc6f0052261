-- case: a column that may be NULL, for each group
SELECT status, COUNT(coupon) AS n FROM orders GROUP BY status
-- found
-- never: every order
SELECT status, COUNT(*) AS n FROM orders GROUP BY status

-- case: without groups
SELECT COUNT(o.total) FROM orders o WHERE o.status = 'open'
-- found
-- never: every open order
SELECT COUNT(*) FROM orders o WHERE o.status = 'open'

-- case: both are counted, so the difference is known
SELECT COUNT(*), COUNT(coupon) FROM orders

-- case: WHERE asks for a value
SELECT COUNT(coupon) FROM orders WHERE coupon <> 'X'

-- case: a column that is never NULL
SELECT COUNT(status) FROM orders
