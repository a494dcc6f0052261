-- case: the column may be NULL
SELECT name FROM customers WHERE id NOT IN (SELECT referrer_id FROM customers)
-- found

-- case: an alias, and NOT before the test
SELECT c.name FROM customers c WHERE NOT c.email IN (SELECT o.coupon FROM orders AS o WHERE o.total > 5)
-- found
-- never: other rows come back as soon as a coupon is NULL
SELECT c.name FROM customers c
WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.total > 5 AND o.coupon = c.email)

-- case: the column of a derived table that an outer join fills with NULLs
SELECT name FROM customers
WHERE id NOT IN (SELECT d.cid FROM (SELECT o.customer_id AS cid FROM orders o) AS d RIGHT JOIN products p ON p.id = d.cid)
-- dialect: duckdb
-- found

-- case: NOT NULL in the schema
SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)

-- case: the subquery filters NULL out
SELECT name FROM customers WHERE id NOT IN (SELECT referrer_id FROM customers WHERE referrer_id IS NOT NULL)

-- case: a comparison filters NULL out
SELECT name FROM customers WHERE id NOT IN (SELECT referrer_id FROM customers WHERE referrer_id > 3)

-- case: a union, which is not looked into
SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders UNION SELECT referrer_id FROM customers)
