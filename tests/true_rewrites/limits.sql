-- schema: shop
-- pair: the first by a key and the least key
SELECT id FROM orders ORDER BY id LIMIT 1
-- is:
SELECT id FROM orders WHERE id = (SELECT MIN(id) FROM orders)
-- because: the key is unique; with no row both are empty

-- pair: a value of the ties
SELECT total FROM orders ORDER BY total LIMIT 2
-- is:
SELECT total FROM orders ORDER BY total, id LIMIT 2
-- because: only totals show, and they are the two least whichever rows are taken

-- pair: any order of the ties
SELECT id FROM orders ORDER BY total LIMIT 3
-- is:
SELECT id FROM orders ORDER BY total, id DESC LIMIT 3
-- because: the second query settles the ties in a way that the first one allows

-- pair: a limit after a limit
SELECT id FROM (SELECT id FROM orders ORDER BY id LIMIT 5) AS t ORDER BY id LIMIT 2
-- is:
SELECT id FROM orders ORDER BY id LIMIT 2
-- because: the first two of the first five are the first two

-- pair: an order by a key needs nothing after it
SELECT id, total FROM orders ORDER BY id, total, placed
-- is:
SELECT id, total FROM orders ORDER BY id
-- because: ids do not tie

-- pair: an order inside that nobody sees
SELECT COUNT(*) AS n FROM (SELECT id FROM orders ORDER BY placed) AS t
-- is:
SELECT COUNT(*) AS n FROM orders
-- because: a count does not depend on an order

-- pair: an order inside IN
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders ORDER BY placed)
-- is:
SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders)
-- because: IN does not depend on an order

-- pair: a limit in EXISTS
SELECT id FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id LIMIT 1)
-- is:
SELECT id FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)
-- because: one row is enough for EXISTS

-- pair: the latest by a limit in a scalar subquery
SELECT c.id, (SELECT o.placed FROM orders AS o WHERE o.customer_id = c.id ORDER BY o.placed DESC LIMIT 1) AS latest FROM customers AS c
-- is:
SELECT c.id, (SELECT MAX(o.placed) FROM orders AS o WHERE o.customer_id = c.id) AS latest FROM customers AS c
-- because: placed is never NULL; ties show the same date

-- pair: a limit over one row
SELECT COUNT(*) AS n FROM orders LIMIT 1
-- is:
SELECT COUNT(*) AS n FROM orders
-- because: an aggregate without groups has one row

-- pair: a limit of a key's row
SELECT total FROM orders WHERE id = 3 LIMIT 1
-- is:
SELECT total FROM orders WHERE id = 3
-- because: the key finds one row at most

-- pair: paging by offset and by the number of the row
SELECT id, total FROM orders ORDER BY id LIMIT 2 OFFSET 1
-- is:
SELECT id, total FROM (SELECT id, total, ROW_NUMBER() OVER (ORDER BY id) AS place FROM orders) AS r WHERE place IN (2, 3) ORDER BY id
-- because: ids do not tie: skipping one and taking two are the places 2 and 3

-- pair: top rows through a narrow list of keys
SELECT id, total, status FROM orders ORDER BY placed DESC, id LIMIT 2
-- is:
SELECT o.id, o.total, o.status FROM orders AS o JOIN (SELECT id FROM orders ORDER BY placed DESC, id LIMIT 2) AS k ON k.id = o.id ORDER BY o.placed DESC, o.id
-- because: the order ends in the key, so both take the same two rows in the same order

-- pair: a limit above a left join that repeats nothing
SELECT o.id, p.amount FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id ORDER BY o.id LIMIT 3
-- is:
SELECT o.id, p.amount FROM (SELECT id FROM orders ORDER BY id LIMIT 3) AS o LEFT JOIN payments AS p ON p.order_id = o.id ORDER BY o.id
-- because: each order gives one row, so the limit may come first

-- pair: a union of limited branches under one limit
SELECT id FROM (SELECT id FROM orders UNION ALL SELECT id FROM products) AS u ORDER BY id LIMIT 2
-- is:
SELECT id FROM (SELECT * FROM (SELECT id FROM orders ORDER BY id LIMIT 2) AS a UNION ALL SELECT * FROM (SELECT id FROM products ORDER BY id LIMIT 2) AS b) AS u ORDER BY id LIMIT 2
-- because: the two least of all are among the two least of each

-- pair: ordering by a column and by its position
SELECT total, id FROM orders ORDER BY 1 DESC, 2
-- is:
SELECT total, id FROM orders ORDER BY total DESC, id
-- because: positions name the selected columns

-- pair: an order turned by a sign
SELECT line_no FROM items ORDER BY line_no DESC
-- is:
SELECT line_no FROM items ORDER BY -line_no
-- because: negation turns the order of positive integers round

-- pair: NULLs last, written out
-- dialects: sqlite postgres duckdb
SELECT id, tax FROM orders ORDER BY tax NULLS LAST, id
-- is:
SELECT id, tax FROM orders ORDER BY CASE WHEN tax IS NULL THEN 1 ELSE 0 END, tax, id
-- because: the NULLs come after all others and tie among themselves up to the id

-- pair: FETCH FIRST and LIMIT
-- dialects: postgres duckdb
SELECT id FROM orders ORDER BY id FETCH FIRST 2 ROWS ONLY
-- is:
SELECT id FROM orders ORDER BY id LIMIT 2
-- because: two ways to write one thing
