-- case: more values than columns
INSERT INTO products (id, name) VALUES (1, 'nut', 2)
-- found

-- case: one of the rows
INSERT INTO products (id, name) VALUES (1, 'nut'), (2)
-- found

-- case: fewer selected than the table has
INSERT INTO products SELECT id, name FROM products
-- found

-- case: as many
INSERT INTO products (id, name) VALUES (1, 'nut'), (2, 'bolt')

-- case: a star
INSERT INTO products SELECT * FROM orders

-- case: an unknown table without a list
INSERT INTO nowhere VALUES (1, 2, 3)
