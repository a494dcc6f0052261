-- case: a column in two spellings
SELECT Name FROM customers WHERE name > 'A'
-- found
-- never: the text compared is no name
SELECT name FROM customers WHERE name > 'a'

-- case: an alias in two spellings
SELECT c.name FROM customers C WHERE c.city = 'Oslo'
-- found

-- case: spelled alike throughout
SELECT Name FROM Customers WHERE Name > 'A'
