-- case: groups without such a row
SELECT city, SUM(CASE WHEN email IS NULL THEN 1 END) AS n FROM customers GROUP BY city
-- found
-- never: 0 there
SELECT city, COUNT(CASE WHEN email IS NULL THEN 1 END) AS n FROM customers GROUP BY city

-- case: no groups, two branches
SELECT SUM(CASE WHEN status = 'open' THEN 1 WHEN status = 'new' THEN 1 END) FROM orders
-- found

-- case: ELSE 0
SELECT city, SUM(CASE WHEN email IS NULL THEN 1 ELSE 0 END) FROM customers GROUP BY city

-- case: NULL is dealt with
SELECT city, COALESCE(SUM(CASE WHEN email IS NULL THEN 1 END), 0) FROM customers GROUP BY city

-- case: amounts
SELECT customer_id, SUM(CASE WHEN status = 'open' THEN total END) FROM orders GROUP BY customer_id
