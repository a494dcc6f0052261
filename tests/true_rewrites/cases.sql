-- schema: shop
-- pair: COALESCE as a CASE
SELECT id, COALESCE(tax, total) AS x FROM orders
-- is:
SELECT id, CASE WHEN tax IS NOT NULL THEN tax ELSE total END AS x FROM orders
-- because: that is what COALESCE means

-- pair: NULLIF as a CASE
SELECT id, NULLIF(total, 0) AS x FROM orders
-- is:
SELECT id, CASE WHEN total = 0 THEN NULL ELSE total END AS x FROM orders
-- because: that is what NULLIF means

-- pair: COALESCE inside COALESCE
SELECT id, COALESCE(COALESCE(tax, NULL), total) AS x FROM orders
-- is:
SELECT id, COALESCE(tax, total) AS x FROM orders
-- because: the first that is no NULL is the same

-- pair: COALESCE of a NOT NULL column
SELECT id, COALESCE(total, 0) AS x FROM orders
-- is:
SELECT id, total AS x FROM orders
-- because: total is never NULL

-- pair: a simple CASE and a searched one
SELECT id, CASE status WHEN 'open' THEN 1 WHEN 'paid' THEN 2 ELSE 3 END AS k FROM orders
-- is:
SELECT id, CASE WHEN status = 'open' THEN 1 WHEN status = 'paid' THEN 2 ELSE 3 END AS k FROM orders
-- because: a simple CASE compares by =

-- pair: branches of a CASE that exclude each other change places
SELECT id, CASE WHEN total > 100 THEN 'big' WHEN total < 10 THEN 'small' ELSE 'middle' END AS size FROM orders
-- is:
SELECT id, CASE WHEN total < 10 THEN 'small' WHEN total > 100 THEN 'big' ELSE 'middle' END AS size FROM orders
-- because: no total is in both ranges

-- pair: a later branch need not repeat what the earlier one took
SELECT id, CASE WHEN total > 100 THEN 3 WHEN total > 50 AND total <= 100 THEN 2 ELSE 1 END AS size FROM orders
-- is:
SELECT id, CASE WHEN total > 100 THEN 3 WHEN total > 50 THEN 2 ELSE 1 END AS size FROM orders
-- because: what is above 100 was taken before, and total is never NULL

-- pair: a CASE in WHERE as logic
SELECT id FROM orders WHERE CASE WHEN status = 'open' THEN total > 10 ELSE total > 50 END
-- is:
SELECT id FROM orders WHERE (status = 'open' AND total > 10) OR (status <> 'open' AND total > 50)
-- because: status and total are never NULL

-- pair: a CASE compared with one of its values
SELECT id FROM orders WHERE CASE WHEN tax > 5 THEN 'high' ELSE 'low' END = 'low'
-- is:
SELECT id FROM orders WHERE tax <= 5 OR tax IS NULL
-- because: ELSE takes the rows where the condition is false and where it is unknown

-- pair: a CASE without ELSE
SELECT id, CASE WHEN tax > 5 THEN tax END AS x FROM orders
-- is:
SELECT id, CASE WHEN NOT (tax > 5) THEN NULL WHEN tax IS NULL THEN NULL ELSE tax END AS x FROM orders
-- because: a tax that is NULL or not above 5 gives NULL in both

-- pair: a CASE that gives its own operand
SELECT id, CASE WHEN customer_id IS NULL THEN NULL ELSE customer_id END AS c FROM orders
-- is:
SELECT id, customer_id AS c FROM orders
-- because: both branches give the column's own value

-- pair: COALESCE of two sides of an inner join
SELECT COALESCE(c.id, o.customer_id) AS x FROM customers AS c JOIN orders AS o ON o.customer_id = c.id
-- is:
SELECT o.customer_id AS x FROM customers AS c JOIN orders AS o ON o.customer_id = c.id
-- because: the two are equal and c.id is never NULL

-- pair: COALESCE of two scalar subqueries
SELECT c.id, COALESCE((SELECT MAX(o.total) FROM orders AS o WHERE o.customer_id = c.id AND o.status = 'paid'), (SELECT MAX(o.total) FROM orders AS o WHERE o.customer_id = c.id)) AS m FROM customers AS c
-- is:
SELECT c.id, COALESCE(MAX(CASE WHEN o.status = 'paid' THEN o.total END), MAX(o.total)) AS m FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id
-- because: the left join keeps customers without orders, whose maxima are NULL

-- pair: greatest of two by CASE
-- dialects: postgres duckdb mysql
SELECT id, GREATEST(line_no, discount) AS g FROM (SELECT order_id AS id, line_no, discount FROM items) AS i
-- is:
SELECT order_id AS id, CASE WHEN line_no > discount THEN line_no ELSE discount END AS g FROM items
-- because: neither is NULL, and equal ones are the same value

-- pair: IIF and CASE
-- dialects: sqlite
SELECT id, IIF(total > 5, 'a', 'b') AS x FROM orders
-- is:
SELECT id, CASE WHEN total > 5 THEN 'a' ELSE 'b' END AS x FROM orders
-- because: IIF is a CASE with one condition

-- pair: IFNULL and COALESCE
-- dialects: sqlite mysql
SELECT id, IFNULL(tax, 0) AS x FROM orders
-- is:
SELECT id, COALESCE(tax, 0) AS x FROM orders
-- because: IFNULL is COALESCE of two

-- pair: a pivot by CASE and by subqueries
SELECT order_id, MAX(CASE WHEN line_no = 1 THEN product_id END) AS first_one, MAX(CASE WHEN line_no = 2 THEN product_id END) AS second_one FROM items GROUP BY order_id
-- is:
SELECT o.order_id, a.product_id AS first_one, b.product_id AS second_one FROM (SELECT DISTINCT order_id FROM items) AS o LEFT JOIN items AS a ON a.order_id = o.order_id AND a.line_no = 1 LEFT JOIN items AS b ON b.order_id = o.order_id AND b.line_no = 2
-- because: the pair of order and line is the key: each place holds one product at most
