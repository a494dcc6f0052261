-- case: a table that others refer to
DROP TABLE customers CASCADE
-- found

-- case: a schema
DROP SCHEMA shop CASCADE
-- found

-- case: without it
DROP TABLE customers

-- case: RESTRICT
DROP TABLE customers RESTRICT
