-- case: the greatest of one value
SELECT city, MAX(city) AS last, COUNT(*) FROM customers GROUP BY city
-- becomes:
SELECT city, city AS last, COUNT(*) FROM customers GROUP BY city

-- case: inside an expression
SELECT LOWER(MIN(o.status)), COUNT(*) FROM orders o GROUP BY o.status
-- becomes:
SELECT LOWER(o.status), COUNT(*) FROM orders o GROUP BY o.status

-- case: a column that is no key
SELECT city, MAX(name) FROM customers GROUP BY city
-- never: some name
SELECT city, MIN(name) FROM customers GROUP BY city

-- case: the key's sum counts rows
SELECT stock, SUM(stock) FROM products GROUP BY stock
-- never: once for each group
SELECT stock, stock FROM products GROUP BY stock
