-- case: the alias is mistaken
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = o.customer_id
-- found
-- never: the other column
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: only rows with a city
SELECT name FROM customers WHERE city = city AND id > 3
-- found
-- never: all of them
SELECT name FROM customers WHERE id > 3

-- case: no row
SELECT id FROM orders WHERE total <> total OR id = 3
-- found

-- case: two columns of one name
SELECT c.name FROM customers c JOIN customers r ON r.id = c.id
