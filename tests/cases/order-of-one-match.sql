-- case: the key is given
SELECT total FROM orders WHERE id = 7 ORDER BY placed DESC LIMIT 1
-- becomes:
SELECT total FROM orders WHERE id = 7 LIMIT 1

-- case: a unique key of two columns
SELECT i.* FROM issues i WHERE i.project_id = 13 AND i.number = 1 AND i.state = 'open' ORDER BY i.id DESC
-- schema: tracker
-- becomes:
SELECT i.* FROM issues i WHERE i.project_id = 13 AND i.number = 1 AND i.state = 'open'

-- case: half a key
SELECT i.id FROM issues i WHERE i.project_id = 13 ORDER BY i.id DESC LIMIT 1
-- schema: tracker
-- never: any of them
SELECT i.id FROM issues i WHERE i.project_id = 13 ORDER BY i.id LIMIT 1

-- case: the joined rows are many
SELECT l.line FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.id = 7 ORDER BY l.line

-- case: under OR
SELECT total FROM orders WHERE id = 7 OR id = 9 ORDER BY placed
