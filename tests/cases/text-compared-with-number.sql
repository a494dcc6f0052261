-- case: a coupon
SELECT id FROM orders WHERE coupon = 15
-- found
-- never: '015' is 15 as well
SELECT id FROM orders WHERE CAST(coupon AS INTEGER) = 15

-- case: in a list, with a bound on the length
SELECT id FROM payments WHERE method IN (1, 2)
-- found

-- case: a number column
SELECT id FROM orders WHERE total = 15

-- case: a text
SELECT id FROM orders WHERE coupon = '15'
