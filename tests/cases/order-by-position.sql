-- case: a position
SELECT city, name FROM customers ORDER BY 2, 1 DESC
-- becomes:
SELECT city, name FROM customers ORDER BY name, 1 DESC
-- becomes:
SELECT city, name FROM customers ORDER BY 2, city DESC
-- never: the columns exchanged
SELECT city, name FROM customers ORDER BY 1, 2 DESC

-- case: an output with a name
SELECT city, COUNT(*) AS n FROM customers GROUP BY city ORDER BY 2 DESC
-- becomes:
SELECT city, COUNT(*) AS n FROM customers GROUP BY city ORDER BY n DESC

-- case: a name, and an expression
SELECT city, id FROM customers ORDER BY city, id + 1
