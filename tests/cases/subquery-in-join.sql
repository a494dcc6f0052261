-- case: sums a customer
SELECT c.name, spent.total FROM customers c JOIN (SELECT customer_id, SUM(total) AS total FROM orders GROUP BY customer_id) spent ON spent.customer_id = c.id
-- becomes:
WITH spent AS (SELECT customer_id, SUM(total) AS total FROM orders GROUP BY customer_id) SELECT c.name, spent.total FROM customers c JOIN spent ON spent.customer_id = c.id
-- never: without its grouping the subquery is another one
WITH spent AS (SELECT customer_id, total FROM orders) SELECT c.name, spent.total FROM customers c JOIN spent ON spent.customer_id = c.id

-- case: called like the table that it reads
SELECT c.name FROM customers c LEFT JOIN (SELECT DISTINCT customer_id FROM orders) orders ON orders.customer_id = c.id WHERE orders.customer_id IS NULL
-- becomes:
WITH orders_2 AS (SELECT DISTINCT customer_id FROM orders) SELECT c.name FROM customers c LEFT JOIN orders_2 AS orders ON orders.customer_id = c.id WHERE orders.customer_id IS NULL

-- case: inside a WITH, before whose query it must stand
WITH a AS (SELECT c.id FROM customers c JOIN (SELECT customer_id FROM orders) o ON o.customer_id = c.id) SELECT id FROM a
-- becomes:
WITH o AS (SELECT customer_id FROM orders), a AS (SELECT c.id FROM customers c JOIN o ON o.customer_id = c.id) SELECT id FROM a

-- case: all of FROM
SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id) counted
