-- case: groups, twice
SELECT a.city FROM (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) AS a JOIN (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) AS b ON b.n = a.n + 1
-- becomes:
WITH shared_rows AS (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) SELECT a.city FROM shared_rows AS a JOIN shared_rows AS b ON b.n = a.n + 1

-- case: once inside another
SELECT t.n FROM (SELECT COUNT(*) AS n, o.customer_id FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.customer_id) AS t WHERE t.n > (SELECT AVG(u.n) FROM (SELECT COUNT(*) AS n, o.customer_id FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.customer_id) AS u)
-- becomes:
WITH shared_rows AS (SELECT COUNT(*) AS n, o.customer_id FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.customer_id) SELECT t.n FROM shared_rows AS t WHERE t.n > (SELECT AVG(u.n) FROM shared_rows AS u)

-- case: other conditions
SELECT a.city FROM (SELECT city, COUNT(*) AS n FROM customers WHERE id > 3 GROUP BY city) AS a JOIN (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) AS b ON b.n = a.n + 1
-- never: the condition is lost
WITH t AS (SELECT city, COUNT(*) AS n FROM customers GROUP BY city) SELECT a.city FROM t AS a JOIN t AS b ON b.n = a.n + 1

-- case: cheap
SELECT a.id FROM (SELECT id FROM customers WHERE city = 'Oslo') AS a JOIN (SELECT id FROM customers WHERE city = 'Oslo') AS b ON b.id = a.id + 1
