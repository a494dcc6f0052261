-- case: the primary key
UPDATE customers SET id = 8 WHERE id = 7
-- found

-- case: a part of it
UPDATE order_lines SET line = line + 1 WHERE order_id = 7
-- found

-- case: another column
UPDATE customers SET name = 'Ann' WHERE id = 7

-- case: an unknown table
UPDATE nowhere SET id = 8 WHERE id = 7
