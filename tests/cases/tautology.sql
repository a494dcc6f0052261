-- case: 1 = 1, and a column that is never NULL
SELECT name FROM customers WHERE 1 = 1 AND id IS NOT NULL AND city = 'Oslo'
-- becomes:
SELECT name FROM customers WHERE city = 'Oslo'

-- case: a column compared with itself, alone
SELECT id FROM orders WHERE customer_id = customer_id
-- becomes:
SELECT id FROM orders

-- case: the column may be NULL
SELECT name FROM customers WHERE city = city
-- never: rows with NULL come back
SELECT name FROM customers

-- case: an outer join makes the column NULL
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NOT NULL
-- never: customers without orders come back
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
