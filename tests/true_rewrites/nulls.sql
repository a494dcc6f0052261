-- schema: shop
-- pair: NOT IN without its NULLs and NOT EXISTS
SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)
-- is:
SELECT id FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)
-- because: with the NULLs filtered out, no comparison of the list is unknown; id is never NULL

-- pair: NOT IN over a NOT NULL column and NOT EXISTS
SELECT code FROM products WHERE id NOT IN (SELECT product_id FROM items)
-- is:
SELECT code FROM products AS p WHERE NOT EXISTS (SELECT 1 FROM items AS i WHERE i.product_id = p.id)
-- because: neither side can be NULL, so both ask that no item has the id

-- pair: NOT IN of a nullable value over a NOT NULL column
SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers WHERE active)
-- is:
SELECT id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.active AND c.id = o.customer_id) AND (o.customer_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM customers WHERE active))
-- because: a NULL customer passes NOT IN only where the list is empty, which the last condition says

-- pair: other than, or NULL
SELECT id FROM customers WHERE city <> 'Oslo' OR city IS NULL
-- is:
SELECT id FROM customers WHERE COALESCE(city, '') <> 'Oslo'
-- because: a NULL city becomes '', which is not Oslo, and so passes on both sides

-- pair: other than, or NULL, by IS DISTINCT FROM
-- dialects: sqlite postgres duckdb
SELECT id FROM customers WHERE city <> 'Oslo' OR city IS NULL
-- is:
SELECT id FROM customers WHERE city IS DISTINCT FROM 'Oslo'
-- because: IS DISTINCT FROM a constant is <> that holds for NULL

-- pair: a negated comparison
SELECT id, tax FROM orders WHERE NOT (tax > 5)
-- is:
SELECT id, tax FROM orders WHERE tax <= 5
-- because: for NULL both are unknown and drop the row

-- pair: equal to itself
SELECT id FROM orders WHERE tax = tax
-- is:
SELECT id FROM orders WHERE tax IS NOT NULL
-- because: NULL = NULL is unknown, everything else equals itself

-- pair: a NULL in an IN list
SELECT id FROM orders WHERE customer_id IN (1, 2, NULL)
-- is:
SELECT id FROM orders WHERE customer_id IN (1, 2)
-- because: the NULL only turns false into unknown, and WHERE drops both

-- pair: IS NOT NULL beside a comparison
SELECT id FROM orders WHERE tax > 0 AND tax IS NOT NULL
-- is:
SELECT id FROM orders WHERE tax > 0
-- because: a comparison that is true has no NULL in it

-- pair: COALESCE equal to its default
SELECT id FROM orders WHERE COALESCE(tax, 0) = 0
-- is:
SELECT id FROM orders WHERE tax = 0 OR tax IS NULL
-- because: the default is taken for NULL alone and is what is asked for

-- pair: COALESCE over a default that fails
SELECT id FROM orders WHERE COALESCE(tax, 0) > 3
-- is:
SELECT id FROM orders WHERE tax > 3
-- because: the default 0 is not above 3, so NULL is dropped on both sides

-- pair: COALESCE of two columns split by cases
SELECT id FROM orders WHERE COALESCE(tax, total) > 10
-- is:
SELECT id FROM orders WHERE tax > 10 OR (tax IS NULL AND total > 10)
-- because: the first disjunct is the case of a tax, the second the case of none

-- pair: NULLIF of the empty text
SELECT id FROM customers WHERE NULLIF(city, '') IS NULL
-- is:
SELECT id FROM customers WHERE city IS NULL OR city = ''
-- because: NULLIF gives NULL for NULL and for what equals ''

-- pair: counting a column and counting a CASE
SELECT COUNT(tax) AS n FROM orders
-- is:
SELECT COUNT(CASE WHEN tax IS NOT NULL THEN 1 END) AS n FROM orders
-- because: both count the rows with a tax, and 0 where there is none

-- pair: counting a column and counting the rows that have it
SELECT COUNT(tax) AS n FROM orders WHERE status = 'paid'
-- is:
SELECT COUNT(*) AS n FROM orders WHERE status = 'paid' AND tax IS NOT NULL
-- because: COUNT of a column passes over its NULLs

-- pair: a sum passes over NULL
SELECT SUM(quantity) AS n FROM items
-- is:
SELECT SUM(quantity) AS n FROM items WHERE quantity IS NOT NULL
-- because: NULLs add nothing, and the sum of no value is NULL with or without the filter

-- pair: a group of NULLs alone
SELECT customer_id FROM orders GROUP BY customer_id HAVING COUNT(tax) = 0
-- is:
SELECT customer_id FROM orders GROUP BY customer_id HAVING MAX(tax) IS NULL
-- because: the maximum is NULL exactly where no row of the group has a tax

-- pair: groups without the NULL group
SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id HAVING customer_id IS NOT NULL
-- is:
SELECT customer_id, COUNT(*) AS n FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id
-- because: a condition on the key keeps or drops whole groups

-- pair: NULL-safe equality of two columns
-- dialects: sqlite postgres duckdb
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.city = b.city OR (a.city IS NULL AND b.city IS NULL)
-- is:
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.city IS NOT DISTINCT FROM b.city
-- because: IS NOT DISTINCT FROM means equal or both NULL

-- pair: NULL-safe equality in MySQL
-- dialects: mysql
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.city = b.city OR (a.city IS NULL AND b.city IS NULL)
-- is:
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.city <=> b.city
-- because: <=> means equal or both NULL

-- pair: a NULL check that a foreign key makes needless
SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE c.name IS NOT NULL
-- is:
SELECT o.id FROM orders AS o WHERE o.customer_id IS NOT NULL
-- because: name is NOT NULL and every customer_id that is no NULL finds its one customer

-- schema: tickets
-- pair: IS NOT TRUE written out
-- dialects: postgres duckdb mysql sqlite
SELECT id FROM tickets WHERE urgent IS NOT TRUE
-- is:
SELECT id FROM tickets WHERE NOT urgent OR urgent IS NULL
-- because: a boolean that is not true is false or NULL

-- pair: a NULL parent falls back on the row itself
SELECT id FROM tickets WHERE COALESCE(parent_id, id) = id
-- is:
SELECT id FROM tickets WHERE parent_id IS NULL OR parent_id = id
-- because: COALESCE falls back to id itself exactly where the parent is NULL
