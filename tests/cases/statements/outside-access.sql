-- case: a program
COPY orders FROM PROGRAM 'curl http://example.org/orders'
-- found

-- case: a file of the server
COPY orders TO '/tmp/orders'
-- found

-- case: a function that reads a file
SELECT PG_READ_FILE('/etc/passwd')
-- found

-- case: MySQL's
SELECT LOAD_FILE('/etc/passwd')
-- dialect: mysql
-- found

-- case: Oracle's network
SELECT UTL_HTTP.REQUEST('http://example.org/') FROM dual
-- dialect: oracle
-- found

-- case: a shell
EXEC xp_cmdshell 'dir'
-- dialect: tsql
-- found

-- case: a file in the place of a table
SELECT * FROM 'orders.parquet'
-- dialect: duckdb
-- found

-- case: a function of DuckDB's
SELECT * FROM READ_CSV('https://example.org/orders.csv')
-- dialect: duckdb
-- found

-- case: another database file
ATTACH 'other.db' AS other
-- dialect: sqlite
-- found

-- case: through the client
COPY orders FROM STDIN

-- case: a table whose name has a dot
SELECT * FROM shop.orders

-- case: text that names a file
SELECT 'orders.csv' FROM orders
