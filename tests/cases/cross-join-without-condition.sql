-- case: two tables, no condition between them
SELECT c.name, o.total FROM customers c, orders o WHERE o.total > 100
-- found
-- never: the condition that was perhaps meant
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 100

-- case: the third table stands alone
SELECT c.name FROM customers c, orders o, products p WHERE o.customer_id = c.id AND p.stock > 3
-- found
-- never: each product repeats the row
SELECT c.name FROM customers c, orders o WHERE o.customer_id = c.id

-- case: CROSS JOIN is written out
SELECT c.name, p.name FROM customers c CROSS JOIN products p

-- case: tied through a third table
SELECT c.name FROM customers c, products p, orders o WHERE o.customer_id = c.id AND o.total = p.price

-- case: a single row
SELECT o.id FROM orders o, (SELECT AVG(total) AS mean FROM orders) AS a WHERE o.total > 5
