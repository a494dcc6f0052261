-- case: 0 is counted as well
SELECT COUNT(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) FROM orders
-- found
-- never: only the paid ones
SELECT COUNT(CASE WHEN status = 'paid' THEN 1 END) FROM orders

-- case: FALSE is counted as well
SELECT customer_id, COUNT(status = 'paid') AS n FROM orders GROUP BY customer_id
-- found
-- never: only the paid ones
SELECT customer_id, SUM(status = 'paid') AS n FROM orders GROUP BY customer_id

-- case: no ELSE
SELECT COUNT(CASE WHEN status = 'paid' THEN 1 END) FROM orders

-- case: ELSE NULL
SELECT COUNT(CASE WHEN status = 'paid' THEN 1 ELSE NULL END) FROM orders

-- case: a sum
SELECT SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) FROM orders
