-- case: a CASE in ELSE
SELECT id, CASE WHEN total > 100 THEN 'large' ELSE CASE WHEN total > 10 THEN 'middle' ELSE 'small' END END AS size FROM orders
-- becomes:
SELECT id, CASE WHEN total > 100 THEN 'large' WHEN total > 10 THEN 'middle' ELSE 'small' END AS size FROM orders
-- never: the inner branch came first
SELECT id, CASE WHEN total > 10 THEN 'middle' WHEN total > 100 THEN 'large' ELSE 'small' END AS size FROM orders

-- case: both compare the same column
SELECT id, CASE status WHEN 'paid' THEN 1 ELSE (CASE status WHEN 'open' THEN 2 END) END AS code FROM orders
-- becomes:
SELECT id, CASE status WHEN 'paid' THEN 1 WHEN 'open' THEN 2 END AS code FROM orders

-- case: a CASE in THEN
SELECT id, CASE WHEN total > 10 THEN CASE WHEN total > 100 THEN 'large' ELSE 'middle' END ELSE 'small' END AS size FROM orders

-- case: they compare different columns
SELECT id, CASE status WHEN 'paid' THEN 1 ELSE CASE coupon WHEN 'open' THEN 2 END END AS code FROM orders
