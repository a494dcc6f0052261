-- case: a grouping key
SELECT city, COUNT(*) FROM customers GROUP BY city HAVING city <> 'Oslo'
-- becomes:
SELECT city, COUNT(*) FROM customers WHERE city <> 'Oslo' GROUP BY city

-- case: beside an aggregate, and an existing WHERE
SELECT o.status, SUM(o.total) FROM orders o WHERE o.total > 1 GROUP BY o.status HAVING SUM(o.total) > 9 AND o.status <> 'open'
-- becomes:
SELECT o.status, SUM(o.total) FROM orders o WHERE o.total > 1 AND o.status <> 'open' GROUP BY o.status HAVING SUM(o.total) > 9

-- case: an aggregate
SELECT city, COUNT(*) FROM customers GROUP BY city HAVING COUNT(*) > 1

-- case: a column that is no key of the group
SELECT customer_id, MAX(total) AS top FROM orders GROUP BY customer_id HAVING top > 5
-- never: the greatest of those above 5 is not asked for
SELECT customer_id, MAX(total) AS top FROM orders WHERE customer_id > 5 GROUP BY customer_id

-- case: the aggregate's condition cannot go before grouping
SELECT customer_id, SUM(total) FROM orders GROUP BY customer_id HAVING SUM(total) > 5
-- never: single orders are not sums
SELECT customer_id, SUM(total) FROM orders WHERE total > 5 GROUP BY customer_id

-- case: an output has the name of the key
SELECT MAX(name) AS city FROM customers GROUP BY customers.city HAVING city > 'b'
