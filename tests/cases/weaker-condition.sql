-- case: two lower bounds
SELECT name FROM customers WHERE id > 3 AND id > 10
-- becomes:
SELECT name FROM customers WHERE id > 10

-- case: implied by a value, and by itself
SELECT id FROM orders WHERE customer_id = 7 AND status = 'open' AND customer_id <= 9 AND 7 = customer_id
-- becomes:
SELECT id FROM orders WHERE customer_id = 7 AND status = 'open'

-- case: the border belongs to one of them
SELECT id FROM orders WHERE total >= 5 AND total > 5
-- becomes:
SELECT id FROM orders WHERE total > 5

-- case: opposite sides
SELECT id FROM orders WHERE total > 3 AND total < 10
-- never: without the lower bound
SELECT id FROM orders WHERE total < 10

-- case: under OR
SELECT id FROM orders WHERE total > 3 OR total > 10
-- never: the stricter one alone
SELECT id FROM orders WHERE total > 10

-- case: as texts, '2' is above '10'
SELECT id FROM orders WHERE coupon > 3 AND coupon > 10
-- never: '2' passes
SELECT id FROM orders WHERE coupon > 10
