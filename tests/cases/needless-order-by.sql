-- case: in a derived table
SELECT name FROM (SELECT name, city FROM customers ORDER BY city) AS c
-- becomes:
SELECT name FROM (SELECT name, city FROM customers) AS c

-- case: under IN
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders ORDER BY total DESC)
-- becomes:
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)

-- case: in a CTE
WITH big AS (SELECT id, total FROM orders WHERE total > 5 ORDER BY total) SELECT id FROM big
-- becomes:
WITH big AS (SELECT id, total FROM orders WHERE total > 5) SELECT id FROM big

-- case: with LIMIT the order chooses the rows
SELECT name FROM (SELECT name, id FROM customers ORDER BY id LIMIT 2) AS c
-- never: other rows
SELECT name FROM (SELECT name, id FROM customers ORDER BY id DESC LIMIT 2) AS c

-- case: the outermost order is the user's
SELECT name FROM customers ORDER BY name, id
-- never: the order was asked for
SELECT name FROM customers ORDER BY name DESC, id

-- case: an aggregate outside keeps the order
SELECT GROUP_CONCAT(name) FROM (SELECT name FROM customers ORDER BY name) AS c

-- case: a window outside may read the order
SELECT ROW_NUMBER() OVER () AS n, name FROM (SELECT name FROM customers ORDER BY name) AS c

-- case: a side of UNION, of which order-in-branch speaks
(SELECT name FROM customers ORDER BY name) UNION ALL (SELECT name FROM products)
