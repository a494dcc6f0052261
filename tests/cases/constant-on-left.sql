-- case: turned round
SELECT id FROM orders WHERE 100 < total
-- becomes:
SELECT id FROM orders WHERE total > 100
-- never: not turned
SELECT id FROM orders WHERE total < 100

-- case: equality
SELECT id FROM orders WHERE 'new' = status AND total > 5
-- becomes:
SELECT id FROM orders WHERE status = 'new' AND total > 5

-- case: on the right
SELECT id FROM orders WHERE total > 100

-- case: two columns
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id

-- case: no column
SELECT id FROM orders WHERE 1 = 1
