-- case: the last part may be missing
SELECT name || ', ' || city FROM customers
-- found
-- never: the name alone, where the city is missing
SELECT name || COALESCE(', ' || city, '') FROM customers

-- case: a column of a join
SELECT o.status || o.coupon FROM orders o JOIN customers c ON c.id = o.customer_id
-- found

-- case: every part is there, or has a substitute
SELECT name || ', ' || COALESCE(city, '?') FROM customers

-- case: WHERE asks for a value
SELECT name || ', ' || city FROM customers WHERE city IS NOT NULL

-- case: the whole has a substitute
SELECT COALESCE(name || ', ' || city, name) FROM customers
