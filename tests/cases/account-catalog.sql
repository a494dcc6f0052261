-- case: PostgreSQL's
SELECT usename, passwd FROM pg_shadow
-- dialect: postgres
-- found

-- case: MySQL's
SELECT user, host FROM mysql.user
-- dialect: mysql
-- found

-- case: in a subquery
SELECT name FROM customers WHERE name IN (SELECT rolname FROM pg_authid)
-- dialect: postgres
-- found

-- case: a table of the schema
SELECT name FROM customers WHERE city = 'Oslo'
-- never: the condition is lost with the catalog's
SELECT name FROM customers

-- case: another catalog
SELECT table_name FROM information_schema.tables
-- dialect: postgres
