-- case: NOT IN with a NULL
SELECT name FROM customers WHERE city NOT IN ('Oslo', NULL)
-- found
-- never: the list without NULL lets rows through
SELECT name FROM customers WHERE city NOT IN ('Oslo')

-- case: IN with a NULL
SELECT name FROM customers WHERE city IN ('Oslo', NULL)
-- found
-- never: NULL in a list does not find NULL
SELECT name FROM customers WHERE city = 'Oslo' OR city IS NULL

-- case: no NULL in the list
SELECT name FROM customers WHERE city NOT IN ('Oslo', 'Rome')
