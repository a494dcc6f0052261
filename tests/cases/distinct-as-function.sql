-- case: two columns
SELECT DISTINCT (city), name FROM customers
-- becomes:
SELECT DISTINCT city, name FROM customers

-- case: with a name
SELECT DISTINCT (c.city) AS place, c.name FROM customers c
-- becomes:
SELECT DISTINCT c.city AS place, c.name FROM customers c

-- case: one column
SELECT DISTINCT (city) FROM customers

-- case: without brackets
SELECT DISTINCT city, name FROM customers
-- never: one name for each city
SELECT city, MIN(name) AS name FROM customers GROUP BY city
