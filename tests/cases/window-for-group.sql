-- case: a sum for each customer
SELECT DISTINCT customer_id, SUM(total) OVER (PARTITION BY customer_id) AS sum FROM orders
-- becomes:
SELECT customer_id, SUM(total) AS sum FROM orders GROUP BY customer_id

-- case: two keys, two folds
SELECT DISTINCT o.customer_id, o.status, COUNT(*) OVER (PARTITION BY o.status, o.customer_id) AS n, MAX(o.total) OVER (PARTITION BY o.customer_id, o.status) AS most FROM orders o WHERE o.total > 5
-- becomes:
SELECT o.customer_id, o.status, COUNT(*) AS n, MAX(o.total) AS most FROM orders o WHERE o.total > 5 GROUP BY o.status, o.customer_id

-- case: another column is selected
SELECT DISTINCT customer_id, status, COUNT(*) OVER (PARTITION BY customer_id) AS n FROM orders
-- never: the orders of that state alone
SELECT customer_id, status, COUNT(*) AS n FROM orders GROUP BY customer_id, status

-- case: the key is not selected
SELECT DISTINCT COUNT(*) OVER (PARTITION BY customer_id) AS n FROM orders
-- never: one count for several customers
SELECT COUNT(*) AS n FROM orders GROUP BY customer_id

-- case: a running sum
SELECT DISTINCT customer_id, SUM(total) OVER (PARTITION BY customer_id ORDER BY id) AS sum FROM orders
-- never: only the last one
SELECT customer_id, SUM(total) AS sum FROM orders GROUP BY customer_id
