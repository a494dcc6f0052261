-- case: the greatest first
SELECT id FROM orders ORDER BY total DESC, id LIMIT 3
-- dialect: postgres
-- found
-- never: without the rows that have no total
SELECT id FROM orders ORDER BY total DESC NULLS LAST, id LIMIT 3

-- case: by the output's name
SELECT id, stock AS pieces FROM products ORDER BY pieces DESC, id LIMIT 1
-- dialect: postgres
-- found

-- case: SQLite puts NULL last
SELECT id FROM orders ORDER BY total DESC, id LIMIT 3

-- case: WHERE asks for a value
SELECT id FROM orders WHERE total > 0 ORDER BY total DESC, id LIMIT 3
-- dialect: postgres

-- case: every row is returned
SELECT id FROM orders ORDER BY total DESC, id
-- dialect: postgres
