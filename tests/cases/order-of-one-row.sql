-- case: a count
SELECT COUNT(*), MAX(total) FROM orders ORDER BY 1
-- becomes:
SELECT COUNT(*), MAX(total) FROM orders

-- case: by a column
SELECT SUM(total) AS total FROM orders WHERE status = 'open' ORDER BY placed
-- becomes:
SELECT SUM(total) AS total FROM orders WHERE status = 'open'

-- case: a row for each group
SELECT status, COUNT(*) FROM orders GROUP BY status ORDER BY status
-- never: in any order
SELECT status, COUNT(*) FROM orders GROUP BY status

-- case: a window keeps every row
SELECT id, COUNT(*) OVER () FROM orders ORDER BY id
-- never: in any order
SELECT id, COUNT(*) OVER () FROM orders
