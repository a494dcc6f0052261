-- schema: shop
-- pair: DISTINCT of a key
SELECT DISTINCT id, total FROM orders
-- is:
SELECT id, total FROM orders
-- because: the primary key is selected

-- pair: DISTINCT of a unique NOT NULL column
SELECT DISTINCT code, price FROM products
-- is:
SELECT code, price FROM products
-- because: codes do not repeat and are never NULL

-- pair: DISTINCT of a unique column without its NULLs
SELECT DISTINCT email FROM customers WHERE email IS NOT NULL
-- is:
SELECT email FROM customers WHERE email IS NOT NULL
-- because: only NULL may repeat, and it is filtered out

-- pair: DISTINCT of a joined composite key
SELECT DISTINCT i.order_id, i.line_no, p.code FROM items AS i JOIN products AS p ON p.id = i.product_id
-- is:
SELECT i.order_id, i.line_no, p.code FROM items AS i JOIN products AS p ON p.id = i.product_id
-- because: the key of items is selected and each item joins one product

-- pair: DISTINCT twice
SELECT DISTINCT customer_id FROM (SELECT DISTINCT customer_id, status FROM orders) AS d
-- is:
SELECT DISTINCT customer_id FROM orders
-- because: the outer DISTINCT removes what the inner one would

-- pair: DISTINCT over groups whose keys are selected
SELECT DISTINCT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id
-- is:
SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id
-- because: each group has its own key

-- pair: DISTINCT in a list for IN
SELECT id FROM customers WHERE id IN (SELECT DISTINCT customer_id FROM orders)
-- is:
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders)
-- because: IN does not count

-- pair: DISTINCT over UNION
SELECT DISTINCT x FROM (SELECT customer_id AS x FROM orders UNION SELECT id FROM customers) AS u
-- is:
SELECT customer_id AS x FROM orders UNION SELECT id FROM customers
-- because: UNION is distinct already

-- pair: DISTINCT over UNION ALL
SELECT DISTINCT x FROM (SELECT customer_id AS x FROM orders UNION ALL SELECT id FROM customers) AS u
-- is:
SELECT customer_id AS x FROM orders UNION SELECT id FROM customers
-- because: UNION is UNION ALL made distinct

-- pair: DISTINCT pushed below a join
SELECT DISTINCT o.customer_id FROM orders AS o JOIN items AS i ON i.order_id = o.id
-- is:
SELECT DISTINCT o.customer_id FROM orders AS o JOIN (SELECT DISTINCT order_id FROM items) AS i ON i.order_id = o.id
-- because: what the join repeats the outer DISTINCT removes

-- pair: DISTINCT of a foreign key through its parent
SELECT DISTINCT c.id FROM customers AS c JOIN orders AS o ON o.customer_id = c.id
-- is:
SELECT DISTINCT customer_id AS id FROM orders WHERE customer_id IS NOT NULL
-- because: each customer_id is the id of a customer

-- pair: DISTINCT and groups in one order
-- dialects: sqlite postgres duckdb
SELECT DISTINCT status FROM orders ORDER BY status
-- is:
SELECT status FROM orders GROUP BY status ORDER BY status
-- because: one row for each status, in the same order

-- pair: DISTINCT ON a key and the row itself
-- dialects: postgres duckdb
SELECT DISTINCT ON (id) id, total FROM orders ORDER BY id, total
-- is:
SELECT id, total FROM orders ORDER BY id
-- because: one row for each id

-- pair: DISTINCT ON and the first row by number
-- dialects: postgres duckdb
SELECT DISTINCT ON (customer_id) customer_id, id FROM orders WHERE customer_id IS NOT NULL ORDER BY customer_id, id DESC
-- is:
SELECT customer_id, MAX(id) AS id FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id ORDER BY customer_id
-- because: the first by id falling is the greatest id

-- schema: tickets
-- pair: DISTINCT of what a check leaves
SELECT DISTINCT score FROM votes WHERE score IS NOT NULL
-- is:
SELECT DISTINCT score FROM votes
-- because: score is NOT NULL
