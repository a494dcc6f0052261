-- case: one or zero
SELECT id FROM orders WHERE CASE WHEN total > 100 THEN 1 ELSE 0 END = 1
-- becomes:
SELECT id FROM orders WHERE total > 100
-- never: zero is also what NULL gives
SELECT id FROM orders WHERE total <= 100

-- case: texts, and no ELSE
SELECT id FROM orders WHERE status = 'paid' AND 'yes' = CASE WHEN total > 100 OR total < 1 THEN 'yes' END
-- becomes:
SELECT id FROM orders WHERE status = 'paid' AND (total > 100 OR total < 1)

-- case: compared with what ELSE gives
SELECT id FROM orders WHERE CASE WHEN total > 100 THEN 1 ELSE 0 END = 0
-- never: a NULL total is lost
SELECT id FROM orders WHERE NOT total > 100

-- case: two branches
SELECT id FROM orders WHERE CASE WHEN total > 100 THEN 1 WHEN total > 50 THEN 2 ELSE 0 END = 1
