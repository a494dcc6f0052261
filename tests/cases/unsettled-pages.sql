-- case: days tie
SELECT id, total FROM orders ORDER BY placed LIMIT 20 OFFSET 40
-- found

-- case: half a key, of a join
SELECT o.placed, l.line FROM orders o JOIN order_lines l ON l.order_id = o.id ORDER BY l.line LIMIT 20 OFFSET 0
-- found

-- case: groups that tie
SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n LIMIT 5 OFFSET 5
-- found

-- case: a key settles it
SELECT id, total FROM orders ORDER BY placed, id LIMIT 2 OFFSET 1
-- never: the key alone is another order
SELECT id, total FROM orders ORDER BY id LIMIT 2 OFFSET 1

-- case: the rest of the key is given
SELECT line FROM order_lines WHERE order_id = 7 ORDER BY line LIMIT 20 OFFSET 40

-- case: every group key
SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n, status LIMIT 5 OFFSET 5

-- case: the first page alone
SELECT id, total FROM orders ORDER BY placed LIMIT 20

-- case: an unknown table
SELECT a FROM elsewhere ORDER BY a LIMIT 20 OFFSET 40
