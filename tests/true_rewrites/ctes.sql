-- schema: shop
-- pair: a CTE and a derived table
WITH big AS (SELECT id, customer_id FROM orders WHERE total > 50) SELECT c.name, b.id FROM big AS b JOIN customers AS c ON c.id = b.customer_id
-- is:
SELECT c.name, b.id FROM (SELECT id, customer_id FROM orders WHERE total > 50) AS b JOIN customers AS c ON c.id = b.customer_id
-- because: a CTE that is read once is a derived table

-- pair: a CTE that is read twice
WITH s AS (SELECT customer_id, SUM(quantity) AS q FROM orders AS o JOIN items AS i ON i.order_id = o.id GROUP BY customer_id) SELECT a.customer_id FROM s AS a WHERE a.q = (SELECT MAX(b.q) FROM s AS b)
-- is:
SELECT o.customer_id FROM orders AS o JOIN items AS i ON i.order_id = o.id GROUP BY o.customer_id HAVING SUM(i.quantity) = (SELECT MAX(q) FROM (SELECT SUM(j.quantity) AS q FROM orders AS p JOIN items AS j ON j.order_id = p.id GROUP BY p.customer_id) AS t)
-- because: the CTE's groups are written out in both places

-- pair: a CTE over a CTE
WITH a AS (SELECT id, total FROM orders WHERE status = 'open'), b AS (SELECT id, total FROM a WHERE total > 20) SELECT COUNT(*) AS n FROM b
-- is:
SELECT COUNT(*) AS n FROM orders WHERE status = 'open' AND total > 20
-- because: the two filters apply one after the other

-- pair: a CTE that nothing reads
WITH idle AS (SELECT MAX(total) AS m FROM orders) SELECT id FROM customers
-- is:
SELECT id FROM customers
-- because: a CTE that is not read has no part in the result

-- pair: a CTE's columns named in its head
WITH t (k, v) AS (SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id) SELECT k, v FROM t WHERE v > 1
-- is:
SELECT customer_id AS k, COUNT(*) AS v FROM orders GROUP BY customer_id HAVING COUNT(*) > 1
-- because: the head only names the columns

-- pair: numbers by recursion and written out
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT n.i, COUNT(t.line_no) AS c FROM n LEFT JOIN items AS t ON t.line_no = n.i GROUP BY n.i
-- is:
SELECT n.i, (SELECT COUNT(*) FROM items AS t WHERE t.line_no = n.i) AS c FROM (SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS n
-- because: the recursion gives 1 to 4

-- pair: a recursion of one step that is stopped
WITH RECURSIVE r (id, depth) AS (SELECT id, 0 FROM customers WHERE referrer_id IS NULL UNION ALL SELECT c.id, r.depth + 1 FROM r JOIN customers AS c ON c.referrer_id = r.id WHERE r.depth < 1) SELECT id, depth FROM r
-- is:
SELECT id, 0 AS depth FROM customers WHERE referrer_id IS NULL UNION ALL SELECT c.id, 1 FROM customers AS c JOIN customers AS p ON p.id = c.referrer_id WHERE p.referrer_id IS NULL
-- because: the recursion stops at depth 1: the roots and those that they brought

-- pair: ancestors with UNION in either direction
WITH RECURSIVE up (id, top) AS (SELECT id, referrer_id FROM customers WHERE referrer_id IS NOT NULL UNION SELECT u.id, c.referrer_id FROM up AS u JOIN customers AS c ON c.id = u.top WHERE c.referrer_id IS NOT NULL) SELECT id, top FROM up
-- is:
WITH RECURSIVE down (id, top) AS (SELECT id, referrer_id FROM customers WHERE referrer_id IS NOT NULL UNION SELECT c.id, d.top FROM down AS d JOIN customers AS c ON c.referrer_id = d.id) SELECT id, top FROM down
-- because: both are all pairs with a path of references between them, each once

-- pair: VALUES and a list
-- dialects: sqlite postgres duckdb
WITH v (s) AS (VALUES ('open'), ('paid')) SELECT o.id FROM orders AS o JOIN v ON v.s = o.status
-- is:
SELECT id FROM orders WHERE status IN ('open', 'paid')
-- because: the two values differ, so an order meets one at most

-- pair: LATERAL and a scalar subquery
-- dialects: postgres duckdb
SELECT c.id, l.n FROM customers AS c CROSS JOIN LATERAL (SELECT COUNT(*) AS n FROM orders AS o WHERE o.customer_id = c.id) AS l
-- is:
SELECT c.id, (SELECT COUNT(*) FROM orders AS o WHERE o.customer_id = c.id) AS n FROM customers AS c
-- because: an aggregate without groups gives one row for each customer

-- pair: LATERAL with a limit and a number in a partition
-- dialects: postgres duckdb
SELECT c.id, l.id AS placed_order FROM customers AS c CROSS JOIN LATERAL (SELECT o.id FROM orders AS o WHERE o.customer_id = c.id ORDER BY o.placed DESC, o.id LIMIT 2) AS l
-- is:
SELECT c.id, o.id AS placed_order FROM customers AS c JOIN (SELECT id, customer_id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id) AS place FROM orders) AS o ON o.customer_id = c.id WHERE o.place <= 2
-- because: the order ends in the key: the first two of each customer are the same

-- pair: LATERAL on TRUE and a left join
-- dialects: postgres duckdb
SELECT c.id, l.total FROM customers AS c LEFT JOIN LATERAL (SELECT o.total FROM orders AS o WHERE o.customer_id = c.id) AS l ON TRUE
-- is:
SELECT c.id, o.total FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id
-- because: the condition moves from inside the lateral table into ON

-- pair: a chain of steps as nested tables
WITH a AS (SELECT order_id, SUM(quantity) AS q FROM items GROUP BY order_id), b AS (SELECT o.customer_id, a.q FROM a JOIN orders AS o ON o.id = a.order_id) SELECT customer_id, SUM(q) AS q FROM b GROUP BY customer_id
-- is:
SELECT o.customer_id, SUM(i.quantity) AS q FROM items AS i JOIN orders AS o ON o.id = i.order_id GROUP BY o.customer_id
-- because: sums of orders add up to sums of customers, NULL adding nothing
