-- case: any text
SELECT id FROM customers WHERE city LIKE '%'
-- becomes:
SELECT id FROM customers WHERE NOT city IS NULL
-- never: NULL is like nothing
SELECT id FROM customers

-- case: two signs, beside another condition
SELECT id FROM orders WHERE total > 5 AND coupon LIKE '%%'
-- becomes:
SELECT id FROM orders WHERE total > 5 AND NOT coupon IS NULL

-- case: something to find
SELECT id FROM customers WHERE city LIKE '%o%'

-- case: an empty pattern
SELECT id FROM customers WHERE city LIKE ''
-- never: only the empty text
SELECT id FROM customers WHERE city IS NOT NULL

-- case: negated, where unknown counts
SELECT id FROM customers WHERE NOT city LIKE '%'
-- never: NULL passes now
SELECT id FROM customers WHERE city IS NULL

-- case: NOT LIKE, which no text passes
SELECT id FROM customers WHERE city NOT LIKE '%'
-- never: that is what LIKE keeps
SELECT id FROM customers WHERE NOT city IS NULL
