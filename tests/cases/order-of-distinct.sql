-- case: another column
SELECT DISTINCT city FROM customers ORDER BY name
-- found

-- case: a column of the joined table
SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.placed DESC
-- found

-- case: by what is selected, and by its name
SELECT DISTINCT city AS place, name FROM customers ORDER BY place, name
-- never: every customer
SELECT city AS place, name FROM customers ORDER BY place, name

-- case: no DISTINCT
SELECT city FROM customers ORDER BY name, id

-- case: brackets do not matter
SELECT DISTINCT (city) FROM customers ORDER BY city
