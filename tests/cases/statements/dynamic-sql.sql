-- case: joined by ||
EXECUTE 'SELECT * FROM orders WHERE status = ''' || chosen || ''''
-- found

-- case: MySQL's
PREPARE found FROM CONCAT('SELECT * FROM ', @name)
-- dialect: mysql
-- found

-- case: in an anonymous block
DO $$ BEGIN EXECUTE 'DROP TABLE ' || name; END $$
-- found

-- case: a fixed text
EXECUTE 'SELECT * FROM orders WHERE status = $1' USING chosen

-- case: a prepared statement by its name
EXECUTE found
-- dialect: mysql

-- case: the name is quoted
EXECUTE 'SELECT * FROM ' || QUOTE_IDENT(name)

-- case: format with %I
DO $$ BEGIN EXECUTE FORMAT('DROP TABLE %I', name); END $$

-- case: joined text that is not run
SELECT 'a' || name FROM products
