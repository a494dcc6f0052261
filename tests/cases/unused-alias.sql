-- case: one table
SELECT name FROM customers c WHERE city = 'Oslo'
-- becomes:
SELECT name FROM customers WHERE city = 'Oslo'
-- never: the condition went with the alias
SELECT name FROM customers

-- case: of two tables one alias is used
SELECT name FROM customers c JOIN orders o ON customer_id = c.id
-- becomes:
SELECT name FROM customers c JOIN orders ON customer_id = c.id

-- case: used in a subquery alone
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: a table joined to itself
SELECT 1 FROM customers a JOIN customers b ON 1 = 1

-- case: a derived table needs its name
SELECT n FROM (SELECT COUNT(*) AS n FROM orders) d
