-- case: commas around
SELECT id FROM customers WHERE city LIKE '%,red,%'
-- found
-- never: the only item has no comma
SELECT id FROM customers WHERE city = 'red'

-- case: put together
SELECT c.id FROM customers c JOIN products p ON c.city LIKE '%,' || p.id || ',%'
-- found

-- case: MySQL's search in a list
SELECT id FROM customers WHERE FIND_IN_SET('red', city) > 0
-- dialect: mysql
-- found

-- case: no separator
SELECT id FROM customers WHERE city LIKE '%red%'

-- case: is there a comma
SELECT id FROM customers WHERE city LIKE '%,%'

-- case: a text with a comma inside
SELECT id FROM customers WHERE city LIKE 'Oslo, Norway%'
