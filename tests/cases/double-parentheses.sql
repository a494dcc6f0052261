-- case: two pairs
SELECT name FROM customers WHERE city = 'Oslo' AND ((name = 'Ann' OR name = 'Bob'))
-- becomes:
SELECT name FROM customers WHERE city = 'Oslo' AND (name = 'Ann' OR name = 'Bob')
-- never: one pair too many was taken
SELECT name FROM customers WHERE city = 'Oslo' AND name = 'Ann' OR name = 'Bob'

-- case: around the whole condition
SELECT name FROM customers WHERE (city = 'Oslo' AND (name) > 'B')
-- becomes:
SELECT name FROM customers WHERE city = 'Oslo' AND (name) > 'B'

-- case: one pair that groups
SELECT name FROM customers WHERE city = 'Oslo' AND (name = 'Ann' OR name = 'Bob')

-- case: around the whole query
(SELECT name FROM customers)
-- becomes:
SELECT name FROM customers

-- case: around the parts of a union
(SELECT name FROM customers) UNION ALL (SELECT name FROM products)
-- dialect: postgres
