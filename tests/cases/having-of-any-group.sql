-- case: the whole HAVING
SELECT city, MAX(id) FROM customers GROUP BY city HAVING COUNT(*) > 0
-- becomes:
SELECT city, MAX(id) FROM customers GROUP BY city

-- case: beside another condition, and turned round
SELECT city FROM customers GROUP BY city HAVING 1 <= COUNT(id) AND MAX(id) > 5
-- becomes:
SELECT city FROM customers GROUP BY city HAVING MAX(id) > 5

-- case: more than one row
SELECT city, MAX(id) FROM customers GROUP BY city HAVING COUNT(*) > 1
-- never: cities of one customer
SELECT city, MAX(id) FROM customers GROUP BY city

-- case: a column that may be NULL
SELECT city, MAX(id) FROM customers GROUP BY city HAVING COUNT(email) > 0
-- never: cities where nobody has an email
SELECT city, MAX(id) FROM customers GROUP BY city

-- case: without GROUP BY no rows make a group too
SELECT MAX(id) FROM customers HAVING COUNT(*) > 0
-- never: NULL over an empty table
SELECT MAX(id) FROM customers
