-- case: in a condition
SELECT id FROM customers WHERE MD5(password) = email
-- dialect: postgres
-- found

-- case: in the result
SELECT SHA1(CONCAT(name, user_password)) FROM customers
-- dialect: mysql
-- found

-- case: a checksum of something else
SELECT MD5(name) AS sum FROM customers
-- dialect: duckdb
-- never: a checksum of another column
SELECT MD5(city) AS sum FROM customers
-- dialect: duckdb
