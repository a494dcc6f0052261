-- case: a column's alias
SELECT city AS city, COUNT(*) AS n FROM customers GROUP BY city
-- becomes:
SELECT city, COUNT(*) AS n FROM customers GROUP BY city
-- never: the alias of the other column is needed, and so is its function
SELECT city, city AS n FROM customers GROUP BY city

-- case: a table's alias
SELECT orders.id FROM orders AS orders WHERE orders.total > 5
-- becomes:
SELECT orders.id FROM orders WHERE orders.total > 5

-- case: capitals change what the column is called
SELECT city AS City FROM customers

-- case: another name
SELECT c.city AS town FROM customers AS c
