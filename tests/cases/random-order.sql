-- case: a few rows
SELECT id, name FROM customers ORDER BY RANDOM() LIMIT 5
-- found

-- case: in MySQL
SELECT id, name FROM customers WHERE city = 'Oslo' ORDER BY RAND() LIMIT 1
-- dialect: mysql
-- found

-- case: by a key
SELECT id, name FROM customers ORDER BY id LIMIT 2
-- never: by a name
SELECT id, name FROM customers ORDER BY name, id LIMIT 2

-- case: behind another key
SELECT id, name FROM customers ORDER BY city, RANDOM() LIMIT 5
