-- case: TPC-H 17
SELECT SUM(l_extendedprice) / 7.0 AS avg_yearly FROM lineitem, part
WHERE p_partkey = l_partkey AND p_brand = 'Brand#23' AND p_container = 'MED BOX'
  AND l_quantity < (SELECT 0.2 * AVG(l_quantity) FROM lineitem WHERE l_partkey = p_partkey)
-- schema: tpch
-- becomes:
SELECT SUM(l_extendedprice) / 7.0 AS avg_yearly FROM lineitem JOIN part ON p_partkey = l_partkey
JOIN (SELECT l_partkey AS l_partkey_2, 0.2 * AVG(l_quantity) AS avg_l_quantity FROM lineitem GROUP BY l_partkey) AS by_l_partkey
  ON by_l_partkey.l_partkey_2 = p_partkey
WHERE p_brand = 'Brand#23' AND p_container = 'MED BOX' AND l_quantity < by_l_partkey.avg_l_quantity

-- case: the greatest of each group
SELECT o.id FROM orders o WHERE o.total = (SELECT MAX(m.total) FROM orders m WHERE m.customer_id = o.customer_id)
-- becomes:
SELECT o.id FROM orders AS o
JOIN (SELECT m.customer_id AS customer_id_2, MAX(m.total) AS max_total FROM orders AS m GROUP BY m.customer_id) AS by_customer_id
  ON by_customer_id.customer_id_2 = o.customer_id
WHERE o.total = by_customer_id.max_total
-- never: the greatest of all, not of the customer
SELECT o.id FROM orders o WHERE o.total = (SELECT MAX(m.total) FROM orders m)

-- case: COUNT as an output is 0, not NULL, for an empty group
SELECT c.name, (SELECT COUNT(*) FROM orders o WHERE o.customer_id = c.id AND o.total > 5) AS n FROM customers c
-- becomes:
SELECT c.name, COALESCE(by_customer_id.count_rows, 0) AS n FROM customers AS c
LEFT JOIN (SELECT o.customer_id AS customer_id_2, COUNT(*) AS count_rows FROM orders AS o WHERE o.total > 5 GROUP BY o.customer_id) AS by_customer_id
  ON by_customer_id.customer_id_2 = c.id
-- never: NULL for customers without orders
SELECT c.name, d.n FROM customers AS c
LEFT JOIN (SELECT o.customer_id, COUNT(*) AS n FROM orders AS o WHERE o.total > 5 GROUP BY o.customer_id) AS d ON d.customer_id = c.id
-- never: customers without orders are lost
SELECT c.name, d.n FROM customers AS c
JOIN (SELECT o.customer_id, COUNT(*) AS n FROM orders AS o WHERE o.total > 5 GROUP BY o.customer_id) AS d ON d.customer_id = c.id

-- case: a sum as an output stays NULL, and the star stays as it was
SELECT *, (SELECT SUM(l.quantity) FROM order_lines l WHERE l.product_id = p.id) FROM products p
-- becomes:
SELECT p.*, by_product_id.sum_quantity FROM products AS p
LEFT JOIN (SELECT l.product_id AS product_id_2, SUM(l.quantity) AS sum_quantity FROM order_lines AS l GROUP BY l.product_id) AS by_product_id
  ON by_product_id.product_id_2 = p.id

-- case: an expression that is not NULL for no rows
SELECT c.name FROM customers c
WHERE (SELECT COALESCE(SUM(o.total), 0) + COUNT(o.coupon) FROM orders o WHERE o.customer_id = c.id) < 20
-- becomes:
SELECT c.name FROM customers AS c
LEFT JOIN (SELECT o.customer_id AS customer_id_2, COUNT(o.coupon) AS count_coupon, SUM(o.total) AS sum_total FROM orders AS o GROUP BY o.customer_id) AS by_customer_id
  ON by_customer_id.customer_id_2 = c.id
WHERE (COALESCE(by_customer_id.sum_total, 0) + COALESCE(by_customer_id.count_coupon, 0)) < 20
-- never: customers without orders are lost
SELECT c.name FROM customers AS c
JOIN (SELECT o.customer_id AS k, COUNT(o.coupon) AS n, SUM(o.total) AS s FROM orders AS o GROUP BY o.customer_id) AS d ON d.k = c.id
WHERE COALESCE(d.s, 0) + d.n < 20

-- case: two ties, in a subquery, as in TPC-H 20
SELECT s_name FROM supplier WHERE s_suppkey IN (
  SELECT ps_suppkey FROM partsupp
  WHERE ps_availqty > (SELECT 0.5 * SUM(l_quantity) FROM lineitem WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey))
-- schema: tpch
-- becomes:
SELECT s_name FROM supplier WHERE s_suppkey IN (
  SELECT ps_suppkey FROM partsupp
  JOIN (SELECT l_partkey AS l_partkey_2, l_suppkey AS l_suppkey_2, 0.5 * SUM(l_quantity) AS sum_l_quantity FROM lineitem GROUP BY l_partkey, l_suppkey) AS by_l_partkey
    ON by_l_partkey.l_partkey_2 = ps_partkey AND by_l_partkey.l_suppkey_2 = ps_suppkey
  WHERE ps_availqty > by_l_partkey.sum_l_quantity)

-- case: under OR the row may pass without a group
SELECT o.id FROM orders o
WHERE o.total > (SELECT AVG(l.quantity) FROM order_lines l WHERE l.order_id = o.id) OR o.status = 'open'
-- becomes:
SELECT o.id FROM orders AS o
LEFT JOIN (SELECT l.order_id AS order_id_2, AVG(l.quantity) AS avg_quantity FROM order_lines AS l GROUP BY l.order_id) AS by_order_id
  ON by_order_id.order_id_2 = o.id
WHERE o.total > by_order_id.avg_quantity OR o.status = 'open'
-- never: open orders without lines are lost
SELECT o.id FROM orders AS o
JOIN (SELECT l.order_id AS k, AVG(l.quantity) AS a FROM order_lines AS l GROUP BY l.order_id) AS d ON d.k = o.id
WHERE o.total > d.a OR o.status = 'open'

-- case: tied by an inequality
SELECT o.id, (SELECT COUNT(*) FROM orders e WHERE e.placed < o.placed) FROM orders o
-- found

-- case: the outer rows are grouped
SELECT c.city, (SELECT MAX(o.total) FROM orders o WHERE o.status = c.city) FROM customers c GROUP BY c.city
-- found

-- case: not tied to the outer row
SELECT id FROM orders WHERE total > (SELECT AVG(total) FROM orders)

-- case: an aggregate with a clause of its own
SELECT c.id, (SELECT SUM(o.total) FILTER (WHERE o.status = 'open') FROM orders o WHERE o.customer_id = c.id) FROM customers c
-- dialect: duckdb
-- found

-- case: the outer rows are counted, and the subquery stands in HAVING
SELECT o.status FROM orders o GROUP BY o.status HAVING COUNT(*) > (SELECT COUNT(*) FROM customers c WHERE c.city = o.status)
-- found
