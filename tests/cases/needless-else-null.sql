-- case: an output
SELECT id, CASE WHEN total > 100 THEN 'large' ELSE NULL END AS size FROM orders
-- becomes:
SELECT id, CASE WHEN total > 100 THEN 'large' END AS size FROM orders
-- never: the branch went with the ELSE
SELECT id, NULL AS size FROM orders

-- case: inside an aggregate
SELECT COUNT(CASE WHEN status = 'paid' THEN 1 ELSE NULL END) AS paid FROM orders
-- becomes:
SELECT COUNT(CASE WHEN status = 'paid' THEN 1 END) AS paid FROM orders

-- case: an ELSE that says something
SELECT id, CASE WHEN total > 100 THEN 'large' ELSE 'small' END AS size FROM orders
