-- case: one table
SELECT * FROM products
-- becomes:
SELECT id, name, price, stock FROM products
-- never: the columns stand in the table's order
SELECT name, id, price, stock FROM products

-- case: the star of one of two tables
SELECT o.id, p.* FROM orders o JOIN products p ON p.price = o.total
-- becomes:
SELECT o.id, p.id, p.name, p.price, p.stock FROM orders o JOIN products p ON p.price = o.total

-- case: USING merges columns
SELECT * FROM orders JOIN customers USING (id)
-- found

-- case: EXISTS reads no column, COUNT(*) counts rows
SELECT COUNT(*) FROM customers c WHERE EXISTS (SELECT * FROM orders o WHERE o.customer_id = c.id)

-- case: over a subquery that names its columns
SELECT * FROM (SELECT id, name FROM customers) AS c
