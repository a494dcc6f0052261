-- case: a table's star
INSERT INTO products (id, name, price, stock) SELECT * FROM products
-- found

-- case: one table's star
INSERT INTO products SELECT p.* FROM products p JOIN order_lines l ON l.product_id = p.id
-- found

-- case: listed
INSERT INTO products (id, name) SELECT id, name FROM products

-- case: a derived table lists them
INSERT INTO products (id, name) SELECT * FROM (SELECT id, name FROM products) AS p

-- case: COUNT(*) is no star
INSERT INTO products (id) SELECT COUNT(*) FROM products
