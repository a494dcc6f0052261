-- case: the first order of each customer
SELECT id FROM orders WHERE ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed, id) = 1
-- found

-- case: in HAVING
SELECT status FROM orders GROUP BY status HAVING RANK() OVER (ORDER BY COUNT(*)) < 3
-- found

-- case: in a subquery
SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY id) AS n FROM orders) AS o WHERE n = 1
-- never: every order
SELECT id FROM orders

-- case: in the order of the result
SELECT id FROM orders ORDER BY RANK() OVER (ORDER BY total), id
