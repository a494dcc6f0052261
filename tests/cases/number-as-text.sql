-- case: a key
SELECT name FROM customers WHERE id = '5'
-- becomes:
SELECT name FROM customers WHERE id = 5

-- case: in a list and a range
SELECT id FROM products WHERE stock IN ('10') AND id BETWEEN 3 AND 9
-- becomes:
SELECT id FROM products WHERE stock IN (10) AND id BETWEEN 3 AND 9

-- case: a text column
SELECT id FROM orders WHERE coupon = '5'
-- never: '05' is 5 as well
SELECT id FROM orders WHERE CAST(coupon AS INTEGER) = 5

-- case: not only digits
SELECT id FROM products WHERE stock = 'five'
