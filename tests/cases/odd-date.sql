-- case: which is the month
SELECT id FROM orders WHERE placed >= '01/02/2024'
-- found
-- never: the first of February
SELECT id FROM orders WHERE placed >= '2024-02-01'

-- case: no such day
SELECT id FROM orders WHERE placed BETWEEN '2024-02-01' AND '2024-02-30'
-- found

-- case: year-month-day
SELECT id FROM orders WHERE placed >= '2024-02-01' AND paid < '2024-02-01 12:30:00'

-- case: a text
SELECT id FROM orders WHERE coupon = '01/02/2024'
