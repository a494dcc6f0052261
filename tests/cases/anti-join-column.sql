-- case: another column that is NOT NULL
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.status IS NULL
-- becomes:
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.customer_id IS NULL

-- case: its key, beside another condition
SELECT p.name FROM projects p LEFT JOIN issues i ON p.id = i.project_id AND i.state = 'open' WHERE i.id IS NULL AND p.visibility = 20
-- schema: tracker
-- becomes:
SELECT p.name FROM projects p LEFT JOIN issues i ON p.id = i.project_id AND i.state = 'open' WHERE i.project_id IS NULL AND p.visibility = 20

-- case: a column that may be NULL in a row that is there
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.coupon IS NULL
-- never: orders without a coupon are lost
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.customer_id IS NULL

-- case: the compared column already
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.customer_id IS NULL

-- case: an inner join
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.status IS NULL

-- case: not compared for equality
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id > c.id WHERE o.status IS NULL
