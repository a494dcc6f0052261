-- case: all of FROM
SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id)
-- found
-- never: one group instead of many
SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders) AS counted

-- case: in a join
SELECT name FROM customers JOIN (SELECT customer_id FROM orders) ON customer_id = customers.id
-- found

-- case: with a name
SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id) AS counted

-- case: outside of FROM
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)

-- case: joined in parentheses
SELECT COUNT(*) AS n FROM ((SELECT id FROM orders) AS o LEFT JOIN customers AS c ON o.id = c.id)
