-- case: the greatest
SELECT MAX(DISTINCT total) FROM orders
-- becomes:
SELECT MAX(total) FROM orders

-- case: the least of each group
SELECT city, MIN(DISTINCT LOWER(name)) AS first FROM customers GROUP BY city
-- becomes:
SELECT city, MIN(LOWER(name)) AS first FROM customers GROUP BY city

-- case: a count of different values
SELECT COUNT(DISTINCT total) FROM orders
-- never: two orders of one total
SELECT COUNT(total) FROM orders
