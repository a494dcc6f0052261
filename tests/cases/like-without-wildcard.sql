-- case: a whole text
SELECT id FROM customers WHERE name LIKE 'Ann'
-- found
-- never: in SQLite LIKE ignores case
SELECT id FROM customers WHERE name = 'Ann'

-- case: negated
SELECT id FROM orders WHERE coupon NOT LIKE 'summer'
-- found

-- case: one sign
SELECT id FROM customers WHERE name LIKE 'Ann_'

-- case: a pattern from a column
SELECT id FROM customers WHERE name LIKE city
