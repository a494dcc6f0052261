-- schema: shop
-- pair: NOT IN of a nullable value and NOT EXISTS
SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers WHERE city = 'Oslo')
-- never:
SELECT id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.city = 'Oslo' AND c.id = o.customer_id)
-- because: an order without customer fails NOT IN as soon as Oslo has one, and passes NOT EXISTS

-- pair: NOT IN and a left join without a match
SELECT id FROM customers WHERE id NOT IN (SELECT referrer_id FROM customers)
-- never:
SELECT a.id FROM customers AS a LEFT JOIN customers AS b ON b.referrer_id = a.id WHERE b.id IS NULL
-- because: one customer without referrer empties NOT IN and not the join

-- pair: the anti join tests a nullable column
SELECT o.id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM items AS i WHERE i.order_id = o.id)
-- never:
SELECT o.id FROM orders AS o LEFT JOIN items AS i ON i.order_id = o.id WHERE i.quantity IS NULL
-- because: an item whose quantity is NULL lets its order through

-- pair: equality of columns that may both be NULL
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.city IS NOT DISTINCT FROM b.city
-- never:
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.city = b.city
-- because: a customer without city met itself before

-- pair: COALESCE with a value that is really there
SELECT a.id AS one, b.id AS two FROM orders AS a JOIN orders AS b ON a.tax = b.tax OR (a.tax IS NULL AND b.tax IS NULL)
-- never:
SELECT a.id AS one, b.id AS two FROM orders AS a JOIN orders AS b ON COALESCE(a.tax, 0) = COALESCE(b.tax, 0)
-- because: a tax of 0 and a missing one become the same

-- pair: COUNT of two columns by their sum
SELECT COUNT(tax) AS n FROM orders WHERE shipped IS NOT NULL
-- never:
SELECT COUNT(shipped) AS n FROM orders WHERE shipped IS NOT NULL
-- because: a shipped order without tax is counted by the second alone

-- pair: an average with the missing ones as zero
SELECT AVG(quantity) AS a FROM items
-- never:
SELECT AVG(COALESCE(quantity, 0)) AS a FROM items
-- because: quantities 4 and NULL have the average 4, not 2

-- pair: the negation of a list with a NULL column
SELECT id FROM customers WHERE NOT (city IN ('Oslo', 'Bergen'))
-- never:
SELECT id FROM customers EXCEPT SELECT id FROM customers WHERE city IN ('Oslo', 'Bergen')
-- because: a customer without city is in the second result alone

-- pair: a condition split by CASE forgets unknown
SELECT id FROM orders WHERE NOT (tax > 3 AND total > 10)
-- never:
SELECT id FROM orders WHERE CASE WHEN tax > 3 AND total > 10 THEN 0 ELSE 1 END = 1
-- because: with tax NULL and total 20 the first is unknown and ELSE takes it

-- pair: GREATEST of a missing value
SELECT id FROM orders WHERE total > 5 AND tax > 5
-- never:
SELECT id FROM orders WHERE CASE WHEN tax < total THEN tax ELSE total END > 5
-- because: with tax NULL the CASE falls to total, which may be 6

-- pair: a group that holds only NULL
SELECT order_id, SUM(quantity) AS s FROM items GROUP BY order_id
-- never:
SELECT order_id, COALESCE(SUM(quantity), 0) AS s FROM items GROUP BY order_id
-- because: an order whose one item has no quantity sums to NULL

-- pair: a maximum that is not there
SELECT c.id FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND o.total > 50)
-- never:
SELECT c.id FROM customers AS c WHERE (SELECT MAX(o.total) FROM orders AS o WHERE o.customer_id = c.id) <= 50
-- because: a customer without orders has no maximum and is lost

-- pair: every one as above the greatest
SELECT id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM products AS p WHERE p.price >= o.total)
-- never:
SELECT id FROM orders WHERE total > (SELECT MAX(price) FROM products)
-- because: without any price every order passes the first and none the second

-- pair: EXCEPT and an anti join over nullable columns
SELECT customer_id FROM orders EXCEPT SELECT referrer_id FROM customers
-- never:
SELECT DISTINCT o.customer_id FROM orders AS o LEFT JOIN customers AS c ON c.referrer_id = o.customer_id WHERE c.id IS NULL
-- because: NULL on both sides is removed by EXCEPT and kept by the join

-- schema: tickets
-- pair: not true and false
SELECT id FROM tickets WHERE urgent IS NOT TRUE
-- never:
SELECT id FROM tickets WHERE NOT urgent
-- because: a ticket of which urgent is not known passes the first alone

-- pair: COUNT of a CASE with ELSE
SELECT COUNT(CASE WHEN urgent THEN 1 END) AS n FROM tickets
-- never:
SELECT COUNT(CASE WHEN urgent THEN 1 ELSE 0 END) AS n FROM tickets
-- because: COUNT counts the zeros too
