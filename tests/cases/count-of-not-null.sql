-- case: a key
SELECT COUNT(id) FROM customers
-- becomes:
SELECT COUNT(*) FROM customers

-- case: a number, for each group
SELECT city, COUNT(1) AS n FROM customers GROUP BY city HAVING MAX(id) > 5
-- becomes:
SELECT city, COUNT(*) AS n FROM customers GROUP BY city HAVING MAX(id) > 5

-- case: a column that may be NULL
SELECT COUNT(city) FROM customers
-- never: customers without a city
SELECT COUNT(*) FROM customers

-- case: below an outer join it counts matches
SELECT c.id, COUNT(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id
-- never: 1 for a customer without an order
SELECT c.id, COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id

-- case: each value once
SELECT COUNT(DISTINCT customer_id) FROM orders
