-- case: the last one says DESC
SELECT city, name FROM customers ORDER BY city, name DESC
-- becomes:
SELECT city, name FROM customers ORDER BY city ASC, name DESC
-- never: DESC for both
SELECT city, name FROM customers ORDER BY city DESC, name DESC

-- case: in a window
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id) AS number FROM orders
-- becomes:
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id ASC) AS number FROM orders

-- case: nothing said of either
SELECT city, name FROM customers ORDER BY city, name

-- case: both said
SELECT city, name FROM customers ORDER BY city ASC, name DESC
