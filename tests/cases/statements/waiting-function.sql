-- case: PostgreSQL's
SELECT PG_SLEEP(10)
-- found

-- case: MySQL's, in a condition
DELETE FROM orders WHERE id = 7 AND SLEEP(5)
-- dialect: mysql
-- found

-- case: a loop
SELECT BENCHMARK(50000000, MD5('a'))
-- dialect: mysql
-- found

-- case: a column of that name
SELECT sleep FROM orders

-- case: another function
SELECT MD5(name) FROM customers
