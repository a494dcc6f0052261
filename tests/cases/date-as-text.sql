-- case: a bound
SELECT id FROM orders WHERE coupon >= '2024-01-01'
-- found
-- never: letters are no days
SELECT id FROM orders WHERE CAST(coupon AS DATE) >= '2024-01-01'

-- case: a range of the day first
SELECT id FROM orders WHERE coupon BETWEEN '01.02.2024' AND '28.02.2024'
-- found

-- case: a date
SELECT id FROM orders WHERE placed >= '2024-01-01'

-- case: no date
SELECT id FROM customers WHERE city >= 'M'

-- case: one day
SELECT id FROM orders WHERE coupon = '2024-01-01'
