-- case: a branch for NULL
SELECT CASE city WHEN NULL THEN 'nowhere' ELSE city END FROM customers
-- found
-- never: here the branch is taken
SELECT CASE WHEN city IS NULL THEN 'nowhere' ELSE city END FROM customers

-- case: not the first branch
SELECT CASE coupon WHEN 'a' THEN 1 WHEN NULL THEN 2 END FROM orders
-- found
-- never: here the branch is taken
SELECT CASE WHEN coupon = 'a' THEN 1 WHEN coupon IS NULL THEN 2 END FROM orders

-- case: a NULL that is given, not compared
SELECT CASE city WHEN 'Oslo' THEN NULL ELSE city END FROM customers
