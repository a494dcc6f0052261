-- case: a UNION below
SELECT DISTINCT u.city FROM (SELECT city, name FROM customers UNION SELECT coupon, status FROM orders) AS u
-- becomes:
SELECT DISTINCT u.city FROM (SELECT city, name FROM customers UNION ALL SELECT coupon, status FROM orders) AS u

-- case: a DISTINCT below, joined
SELECT DISTINCT c.name FROM customers c JOIN (SELECT DISTINCT customer_id FROM orders) AS o ON o.customer_id = c.id
-- becomes:
SELECT DISTINCT c.name FROM customers c JOIN (SELECT customer_id FROM orders) AS o ON o.customer_id = c.id

-- case: the outer query counts rows
SELECT u.city, COUNT(*) FROM (SELECT DISTINCT city, name FROM customers) AS u GROUP BY u.city
-- never: customers of one name are counted twice
SELECT u.city, COUNT(*) FROM (SELECT city, name FROM customers) AS u GROUP BY u.city

-- case: LIMIT counts rows
SELECT DISTINCT u.city FROM (SELECT DISTINCT city, name FROM customers ORDER BY city, name LIMIT 2) AS u
-- never: the first two customers
SELECT DISTINCT u.city FROM (SELECT city, name FROM customers ORDER BY city, name LIMIT 2) AS u

-- case: no DISTINCT outside
SELECT u.city FROM (SELECT city FROM customers UNION SELECT coupon FROM orders) AS u
-- never: cities of two customers
SELECT u.city FROM (SELECT city FROM customers UNION ALL SELECT coupon FROM orders) AS u
