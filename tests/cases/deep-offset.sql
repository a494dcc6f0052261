-- case: many pages in
SELECT id, total FROM orders ORDER BY id LIMIT 20 OFFSET 100000
-- found

-- case: in MySQL's words, in a derived table
SELECT o.id FROM (SELECT id FROM orders ORDER BY id LIMIT 5000, 20) AS o
-- dialect: mysql
-- found

-- case: the second page
SELECT id, total FROM orders ORDER BY id LIMIT 2 OFFSET 2
-- never: keys have gaps
SELECT id, total FROM orders WHERE id > 2 ORDER BY id LIMIT 2
