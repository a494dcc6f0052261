-- case: beside an equality
SELECT name FROM customers WHERE city IS NOT NULL AND city = 'Oslo'
-- becomes:
SELECT name FROM customers WHERE city = 'Oslo'

-- case: beside a join
SELECT c.name, r.name FROM customers c JOIN customers r ON r.id = c.referrer_id WHERE c.referrer_id IS NOT NULL
-- becomes:
SELECT c.name, r.name FROM customers c JOIN customers r ON r.id = c.referrer_id

-- case: beside IN and LIKE
SELECT id FROM orders WHERE coupon LIKE 'X%' AND NOT coupon IS NULL AND total IN (1, 2) AND total IS NOT NULL
-- becomes:
SELECT id FROM orders WHERE coupon LIKE 'X%' AND total IN (1, 2)

-- case: the comparison is optional
SELECT name FROM customers WHERE city IS NOT NULL AND (city = 'Oslo' OR id < 5)
-- never: customers below 5 without a city
SELECT name FROM customers WHERE city = 'Oslo' OR id < 5

-- case: an outer join asks for no partner
SELECT c.name FROM customers c LEFT JOIN customers r ON r.id = c.referrer_id WHERE c.referrer_id IS NOT NULL
-- never: customers without a referrer stay
SELECT c.name FROM customers c LEFT JOIN customers r ON r.id = c.referrer_id

-- case: ALL over no rows holds for NULL
SELECT name FROM customers WHERE city IS NOT NULL AND city <> ALL (SELECT coupon FROM orders WHERE coupon IS NOT NULL)
-- dialect: duckdb
-- never: customers without a city, while no order has a coupon
SELECT name FROM customers WHERE city <> ALL (SELECT coupon FROM orders WHERE coupon IS NOT NULL)
