-- case: one column less
SELECT id, name FROM customers UNION ALL SELECT id FROM products
-- found

-- case: a star that the schema tells
SELECT * FROM customers EXCEPT SELECT id, name FROM customers
-- found

-- case: as many
SELECT id, name FROM customers UNION ALL SELECT id, name FROM products
-- never: only the first side
SELECT id, name FROM customers

-- case: a star of an unknown table
SELECT id, name FROM customers UNION ALL SELECT * FROM elsewhere
