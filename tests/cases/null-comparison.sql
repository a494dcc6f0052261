-- case: equality with NULL
SELECT name FROM customers WHERE city = NULL
-- found
-- never: these rows do exist
SELECT name FROM customers WHERE city IS NULL

-- case: inequality, from the left
SELECT name FROM customers WHERE NULL <> city
-- found
-- never: these rows do exist
SELECT name FROM customers WHERE city IS NOT NULL

-- case: IS NULL, and a NULL that CASE gives
SELECT CASE WHEN city IS NULL THEN NULL ELSE name END FROM customers WHERE referrer_id IS NULL
