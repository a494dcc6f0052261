-- case: the greatest count
SELECT MAX(COUNT(*)) FROM orders GROUP BY customer_id
-- found

-- case: with arithmetic between them
SELECT customer_id, SUM(total - AVG(total)) FROM orders GROUP BY customer_id
-- found

-- case: groups of groups by a subquery
SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id) AS counts
-- never: the whole table as one group
SELECT COUNT(*) FROM orders

-- case: a window over the groups
SELECT customer_id, SUM(COUNT(*)) OVER (ORDER BY customer_id) FROM orders GROUP BY customer_id
