-- case: MySQL's
REPLACE INTO products (id, name) VALUES (1, 'nut')
-- dialect: mysql
-- found

-- case: SQLite's
INSERT OR REPLACE INTO products (id, name) VALUES (1, 'nut')
-- dialect: sqlite
-- found

-- case: changed in place
INSERT INTO products (id, name) VALUES (1, 'nut') ON CONFLICT (id) DO UPDATE SET name = excluded.name

-- case: changed in place, MySQL
INSERT INTO products (id, name) VALUES (1, 'nut') ON DUPLICATE KEY UPDATE name = 'nut'
-- dialect: mysql

-- case: the function
SELECT REPLACE(name, 'a', 'b') FROM products
