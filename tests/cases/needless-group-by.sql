-- case: a key is grouped
SELECT id, name FROM customers GROUP BY id, name
-- becomes:
SELECT id, name FROM customers

-- case: the key of the many side fixes the one side
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 5 GROUP BY o.id, c.name ORDER BY o.id
-- becomes:
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 5 ORDER BY o.id

-- case: under IN, repeats do not count
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders GROUP BY customer_id)
-- becomes:
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)

-- case: no key is grouped
SELECT city FROM customers GROUP BY city
-- never: a city once for each customer
SELECT city FROM customers

-- case: the key of the one side does not fix the many side
SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id
-- never: once for each order
SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: a condition on groups
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders GROUP BY customer_id HAVING COUNT(*) > 1)
-- never: every customer with an order
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)

-- case: a unique column that may be NULL
SELECT email FROM customers GROUP BY email
-- never: many customers have none
SELECT email FROM customers

-- case: a count of groups
SELECT id, COUNT(*) FROM customers GROUP BY id
