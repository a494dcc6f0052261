-- case: a column
SELECT city, COUNT(*) FROM customers GROUP BY 1
-- becomes:
SELECT city, COUNT(*) FROM customers GROUP BY city

-- case: an expression with a name
SELECT UPPER(c.city) AS place, COUNT(*) FROM customers c GROUP BY 1
-- becomes:
SELECT UPPER(c.city) AS place, COUNT(*) FROM customers c GROUP BY UPPER(c.city)

-- case: named already
SELECT city, name, COUNT(*) FROM customers GROUP BY city, name
-- never: one of the keys is lost
SELECT city, MIN(name), COUNT(*) FROM customers GROUP BY city
