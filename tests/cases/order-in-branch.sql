-- case: the first side is sorted
(SELECT id FROM customers ORDER BY name) UNION ALL SELECT id FROM products
-- dialect: duckdb
-- becomes:
(SELECT id FROM customers) UNION ALL SELECT id FROM products

-- case: the second side, and the whole
SELECT id FROM customers UNION (SELECT id FROM products ORDER BY price) ORDER BY 1
-- dialect: duckdb
-- becomes:
SELECT id FROM customers UNION (SELECT id FROM products) ORDER BY 1

-- case: LIMIT needs it
(SELECT id FROM customers ORDER BY id LIMIT 2) UNION ALL SELECT id FROM products
-- dialect: duckdb
-- never: the last two
(SELECT id FROM customers ORDER BY id DESC LIMIT 2) UNION ALL SELECT id FROM products

-- case: the whole is sorted
SELECT id FROM customers UNION ALL SELECT id FROM products ORDER BY id
