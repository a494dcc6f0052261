-- case: an aggregate beside a column
SELECT city, COUNT(*) FROM customers GROUP BY city
-- found
-- never: another aggregate under the name that was given
SELECT city, COUNT(DISTINCT name) AS customers FROM customers GROUP BY city

-- case: in WITH even a single one
WITH counted AS (SELECT COUNT(*) FROM orders) SELECT * FROM counted
-- found

-- case: the columns of WITH have names
WITH counted (n) AS (SELECT COUNT(*) FROM orders) SELECT n FROM counted

-- case: one column, and it is clear
SELECT COUNT(*) FROM orders

-- case: constants, casts and named expressions
SELECT 1, CAST(city AS TEXT), UPPER(name) AS name FROM customers
