-- case: VALUES
INSERT INTO products VALUES (1, 'nut', 2, 10)
-- found

-- case: SELECT
INSERT INTO products SELECT id, name, price, stock FROM products
-- found

-- case: the columns are named
INSERT INTO products (id, name, price, stock) VALUES (1, 'nut', 2, 10)

-- case: only defaults
INSERT INTO products DEFAULT VALUES
