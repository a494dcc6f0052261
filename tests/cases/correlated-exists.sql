-- case: EXISTS over a column without an index
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 9)
-- becomes:
SELECT name FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.total > 9)

-- case: NOT EXISTS over a column that is never NULL, as in TPC-H 22
SELECT c_name FROM customer WHERE c_acctbal > 0 AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)
-- schema: tpch
-- becomes:
SELECT c_name FROM customer WHERE c_acctbal > 0 AND NOT c_custkey IN (SELECT o_custkey FROM orders)

-- case: NOT EXISTS over a column that may be NULL
SELECT p.name FROM products p WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.referrer_id = p.id)
-- becomes:
SELECT p.name FROM products p
WHERE NOT p.id IN (SELECT c.referrer_id FROM customers c WHERE NOT c.referrer_id IS NULL)
-- never: one NULL and no row is left
SELECT p.name FROM products p WHERE NOT p.id IN (SELECT c.referrer_id FROM customers c)

-- case: NOT EXISTS, and the outer column may be NULL
SELECT p.name FROM products p WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.referrer_id = p.stock)
-- found
-- never: products whose stock is unknown are lost
SELECT p.name FROM products p
WHERE NOT p.stock IN (SELECT c.referrer_id FROM customers c WHERE NOT c.referrer_id IS NULL)

-- case: tied by an inequality as well, as in TPC-H 21
SELECT l1.l_orderkey FROM lineitem l1
WHERE EXISTS (SELECT 1 FROM lineitem l2 WHERE l2.l_partkey = l1.l_partkey AND l2.l_suppkey <> l1.l_suppkey)
-- schema: tpch
-- found
-- never: the row meets itself
SELECT l1.l_orderkey FROM lineitem l1 WHERE l1.l_partkey IN (SELECT l2.l_partkey FROM lineitem l2)

-- case: an index begins with the column
SELECT name FROM products p WHERE EXISTS (SELECT 1 FROM order_lines l WHERE l.product_id = p.id)

-- case: not tied
SELECT name FROM products WHERE EXISTS (SELECT 1 FROM orders WHERE total > 9)

-- case: a join repeats the outer row once for each match
SELECT name FROM products p WHERE EXISTS (SELECT 1 FROM order_lines l WHERE l.product_id = p.id)
-- never: two lines, two rows
SELECT name FROM products p JOIN order_lines l ON l.product_id = p.id
