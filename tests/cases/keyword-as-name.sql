-- case: a column's alias
SELECT city AS "order" FROM customers
-- found
-- never: the name of another column instead
SELECT name AS town FROM customers

-- case: a name in WITH
WITH "group" AS (SELECT id FROM orders) SELECT id FROM "group"
-- found

-- case: words that are no reserved ones
SELECT city AS town, COUNT(*) AS total FROM customers GROUP BY city
