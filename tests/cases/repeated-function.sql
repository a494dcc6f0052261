-- case: twice lower
SELECT LOWER(LOWER(city)) FROM customers
-- becomes:
SELECT LOWER(city) FROM customers

-- case: twice the same
SELECT id FROM products WHERE ABS(ABS(stock)) > 3
-- becomes:
SELECT id FROM products WHERE ABS(stock) > 3

-- case: COALESCE in COALESCE
SELECT COALESCE(COALESCE(email, city), name) FROM customers
-- becomes:
SELECT COALESCE(email, city, name) FROM customers

-- case: another function
SELECT LOWER(TRIM(name)) FROM customers
-- never: without one of them
SELECT TRIM(name) FROM customers

-- case: other digits
SELECT ROUND(ROUND(price, 2), 1) FROM products
-- never: 0.449 is 0.45 and then 0.5
SELECT ROUND(price, 1) FROM products

-- case: the inner one may change a letter for good
SELECT LOWER(UPPER(city)) FROM customers
