-- case: of one comparison
SELECT id FROM orders WHERE NOT total < 100
-- becomes:
SELECT id FROM orders WHERE total >= 100
-- never: NULL is neither
SELECT id FROM orders WHERE total >= 100 OR total IS NULL

-- case: of OR and AND
SELECT id FROM orders WHERE NOT (total < 100 OR (status = 'new' AND coupon <> 'x')) AND id > 3
-- becomes:
SELECT id FROM orders WHERE total >= 100 AND (status <> 'new' OR coupon = 'x') AND id > 3
-- never: AND stays AND
SELECT id FROM orders WHERE total >= 100 AND status <> 'new' AND coupon = 'x' AND id > 3

-- case: of a negation
SELECT id FROM orders WHERE NOT (NOT total = 100)
-- becomes:
SELECT id FROM orders WHERE total = 100

-- case: of IN and IS NULL
SELECT id FROM orders WHERE NOT status IN ('new', 'paid') AND NOT coupon IS NULL

-- case: of LIKE within
SELECT id FROM orders WHERE NOT (total > 5 OR coupon LIKE 'a%')
