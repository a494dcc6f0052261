-- case: the beginning
SELECT id FROM customers WHERE REGEXP_MATCHES(name, '^Ann')
-- dialect: duckdb
-- found
-- never: anywhere
SELECT id FROM customers WHERE name LIKE '%Ann%'

-- case: the whole text
SELECT id FROM customers WHERE name ~ '^Ann$'
-- dialect: postgres
-- found

-- case: a class of signs
SELECT id FROM customers WHERE name ~ '^[A-C]nn'
-- dialect: postgres

-- case: a pattern from a column
SELECT id FROM customers WHERE name ~ city
-- dialect: postgres
