-- case: for each group
SELECT status, SUM(1) AS n FROM orders GROUP BY status
-- becomes:
SELECT status, COUNT(*) AS n FROM orders GROUP BY status

-- case: no rows at all give NULL
SELECT SUM(1) FROM orders WHERE status = 'open'
-- found
-- never: 0 in place of NULL
SELECT COUNT(*) FROM orders WHERE status = 'open'

-- case: another number
SELECT status, SUM(2) FROM orders GROUP BY status

-- case: a running number
SELECT id, SUM(1) OVER (ORDER BY id) FROM orders
