-- case: too long
SELECT id FROM payments WHERE method = 'bank transfer'
-- found

-- case: too big, and in a list
SELECT id FROM products WHERE stock = 99999999999 OR id IN (1, 2.5)
-- found

-- case: short enough
SELECT id FROM payments WHERE method = 'transfer'
-- never: the others
SELECT id FROM payments WHERE method <> 'transfer'

-- case: a type without a bound
SELECT id FROM orders WHERE coupon = 'a text as long as one likes' OR total = 99999999999

-- case: < may hold
SELECT id FROM payments WHERE method < 'bank transfer' AND order_id < 99999999999
