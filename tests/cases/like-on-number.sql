-- case: a date
SELECT id FROM orders WHERE placed LIKE '2024-05%'
-- found

-- case: a number
SELECT id FROM products WHERE stock LIKE '1%'
-- found
-- never: only two digits
SELECT id FROM products WHERE stock BETWEEN 10 AND 19

-- case: a text
SELECT id FROM orders WHERE coupon LIKE '1%'
