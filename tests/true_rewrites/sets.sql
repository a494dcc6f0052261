-- schema: shop
-- pair: UNION of branches that cannot share a row
SELECT id, 'open' AS what FROM orders WHERE status = 'open' UNION SELECT id, 'paid' FROM orders WHERE status = 'paid'
-- is:
SELECT id, 'open' AS what FROM orders WHERE status = 'open' UNION ALL SELECT id, 'paid' FROM orders WHERE status = 'paid'
-- because: the second column differs between the branches, and each branch selects a key

-- pair: UNION of one table's filters
SELECT id FROM orders WHERE total > 100 UNION SELECT id FROM orders WHERE status = 'void'
-- is:
SELECT id FROM orders WHERE total > 100 OR status = 'void'
-- because: the key is selected, so the rows of either filter come once

-- pair: UNION changes its sides
SELECT id FROM customers UNION SELECT customer_id FROM orders
-- is:
SELECT customer_id AS id FROM orders UNION SELECT id FROM customers
-- because: a set has no order of its parts

-- pair: UNION ALL changes its sides
SELECT total AS x FROM orders UNION ALL SELECT price FROM products
-- is:
SELECT price AS x FROM products UNION ALL SELECT total FROM orders
-- because: a bag has no order of its parts

-- pair: UNION ALL nests either way
SELECT id FROM customers UNION ALL SELECT id FROM orders UNION ALL SELECT id FROM products
-- is:
SELECT id FROM customers UNION ALL SELECT id FROM (SELECT id FROM orders UNION ALL SELECT id FROM products) AS u
-- because: bags add in any grouping

-- pair: a filter moves into the branches
SELECT id FROM (SELECT id, total AS x FROM orders UNION ALL SELECT id, price FROM products) AS u WHERE x > 10
-- is:
SELECT id FROM orders WHERE total > 10 UNION ALL SELECT id FROM products WHERE price > 10
-- because: a filter of a union filters each branch

-- pair: UNION with itself
SELECT customer_id FROM orders UNION SELECT customer_id FROM orders
-- is:
SELECT DISTINCT customer_id FROM orders
-- because: the second branch adds nothing new

-- pair: UNION that a foreign key makes needless
SELECT id FROM customers UNION SELECT customer_id FROM orders WHERE customer_id IS NOT NULL
-- is:
SELECT id FROM customers
-- because: every customer_id is already an id

-- pair: INTERSECT as a semi join
SELECT id FROM products INTERSECT SELECT product_id FROM items WHERE quantity > 1
-- is:
SELECT id FROM products WHERE id IN (SELECT product_id FROM items WHERE quantity > 1)
-- because: ids are a key

-- pair: INTERSECT of nullable columns
-- dialects: sqlite postgres duckdb
SELECT customer_id FROM orders INTERSECT SELECT referrer_id FROM customers
-- is:
SELECT DISTINCT o.customer_id FROM orders AS o WHERE EXISTS (SELECT 1 FROM customers AS c WHERE c.referrer_id IS NOT DISTINCT FROM o.customer_id)
-- because: set operations hold two NULLs for the same

-- pair: EXCEPT of nullable columns
-- dialects: sqlite postgres duckdb
SELECT customer_id FROM orders EXCEPT SELECT referrer_id FROM customers
-- is:
SELECT DISTINCT o.customer_id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.referrer_id IS NOT DISTINCT FROM o.customer_id)
-- because: set operations hold two NULLs for the same

-- pair: EXCEPT of a filter of the same table
SELECT id FROM orders EXCEPT SELECT id FROM orders WHERE status = 'void'
-- is:
SELECT id FROM orders WHERE status <> 'void'
-- because: status is never NULL and the key is selected

-- pair: EXCEPT of a filter that may be unknown
SELECT id FROM orders EXCEPT SELECT id FROM orders WHERE tax > 1
-- is:
SELECT id FROM orders WHERE tax <= 1 OR tax IS NULL
-- because: a row without tax does not pass the filter and so stays

-- pair: INTERSECT by EXCEPT
SELECT id FROM customers INTERSECT SELECT customer_id FROM orders
-- is:
SELECT id FROM customers EXCEPT SELECT id FROM (SELECT id FROM customers EXCEPT SELECT customer_id FROM orders) AS d
-- because: what is in both is what is left without what is only in the first

-- pair: EXCEPT twice
SELECT id FROM customers EXCEPT SELECT customer_id FROM orders EXCEPT SELECT referrer_id FROM customers
-- is:
SELECT id FROM customers EXCEPT SELECT x FROM (SELECT customer_id AS x FROM orders UNION ALL SELECT referrer_id FROM customers) AS u
-- because: taking away both lists is taking away their union

-- pair: aggregates over a union of branches
SELECT SUM(n) AS n FROM (SELECT COUNT(*) AS n FROM orders UNION ALL SELECT COUNT(*) FROM customers) AS u
-- is:
SELECT (SELECT COUNT(*) FROM orders) + (SELECT COUNT(*) FROM customers) AS n
-- because: both counts are numbers, 0 for none

-- pair: counts of one table by UNION ALL and by groups
SELECT 'open' AS status, COUNT(*) AS n FROM orders WHERE status = 'open' UNION ALL SELECT 'paid', COUNT(*) FROM orders WHERE status = 'paid'
-- is:
SELECT s.status, COUNT(o.id) AS n FROM (SELECT 'open' AS status UNION ALL SELECT 'paid') AS s LEFT JOIN orders AS o ON o.status = s.status GROUP BY s.status
-- because: a status without orders keeps its row with the count 0 in both

-- pair: EXCEPT ALL of a key
-- dialects: postgres duckdb
SELECT id FROM customers EXCEPT ALL SELECT referrer_id FROM customers
-- is:
SELECT id FROM customers EXCEPT SELECT referrer_id FROM customers
-- because: an id is there once: one or more of it on the right take it away

-- pair: INTERSECT ALL with a key
-- dialects: postgres duckdb
SELECT customer_id FROM orders INTERSECT ALL SELECT id FROM customers
-- is:
SELECT customer_id FROM orders INTERSECT SELECT id FROM customers
-- because: the right side holds each id once, so each comes once
