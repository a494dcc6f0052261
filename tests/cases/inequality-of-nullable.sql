-- case: <> leaves out the rows without a city
SELECT name FROM customers WHERE city <> 'Oslo'
-- found
-- never: with the rows without a city
SELECT name FROM customers WHERE city <> 'Oslo' OR city IS NULL

-- case: NOT IN with a list
SELECT name FROM customers WHERE city NOT IN ('Oslo', 'Rome') AND id > 3
-- found
-- never: with the rows without a city
SELECT name FROM customers WHERE (city NOT IN ('Oslo', 'Rome') OR city IS NULL) AND id > 3

-- case: NOT LIKE
SELECT id FROM orders WHERE coupon NOT LIKE 'X%'
-- found

-- case: the column is never NULL
SELECT id FROM orders WHERE status <> 'open' AND status NOT LIKE 'p%'

-- case: another condition speaks of the column
SELECT name FROM customers WHERE city <> 'Oslo' AND city IS NOT NULL

-- case: both are asked for
SELECT name FROM customers WHERE city <> 'Oslo' OR city IS NULL
