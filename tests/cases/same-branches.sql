-- case: two branches
SELECT CASE WHEN city = 'Oslo' THEN name ELSE name END FROM customers
-- becomes:
SELECT name FROM customers

-- case: three branches of one number, in a sum
SELECT SUM(CASE status WHEN 'open' THEN total WHEN 'paid' THEN total ELSE total END) FROM orders
-- becomes:
SELECT SUM(total) FROM orders

-- case: without ELSE
SELECT CASE WHEN city = 'Oslo' THEN name END FROM customers
-- never: all the others too
SELECT name FROM customers

-- case: other values
SELECT CASE WHEN city = 'Oslo' THEN name ELSE email END FROM customers
