-- case: every name quoted
SELECT "name" FROM "customers" WHERE "city" = 'Oslo'
-- becomes:
SELECT name FROM customers WHERE city = 'Oslo'
-- never: the quotes of the text went too
SELECT name FROM customers WHERE city = name

-- case: backticks
SELECT `name` FROM customers
-- dialect: mysql
-- becomes:
SELECT name FROM customers

-- case: capitals, blanks and words of SQL need them
SELECT id AS "Order", city AS "the town", name AS "select" FROM customers
