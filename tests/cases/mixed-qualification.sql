-- case: one column without its table
SELECT c.name, total FROM customers c JOIN orders o ON o.customer_id = c.id
-- becomes:
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id
-- never: the column of the other table
SELECT c.name, c.id AS total FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: a table that the schema does not know
SELECT c.name, weight FROM customers c JOIN parcels p ON p.customer_id = c.id
-- dialect: postgres
-- found

-- case: every column with its table, and ORDER BY an output
SELECT c.name, SUM(o.total) AS spent FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name ORDER BY spent

-- case: no column with its table
SELECT name, total FROM customers JOIN orders ON customer_id = referrer_id

-- case: one table
SELECT customers.name, city FROM customers
