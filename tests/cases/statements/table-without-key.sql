-- case: no key
CREATE TABLE notes (customer_id INTEGER, said TEXT)
-- found

-- case: a foreign key identifies nothing
CREATE TABLE notes (customer_id INTEGER REFERENCES customers (id), said TEXT)
-- found

-- case: a primary key of two columns
CREATE TABLE notes (a INTEGER, b INTEGER, PRIMARY KEY (a, b))

-- case: a unique column
CREATE TABLE notes (code TEXT UNIQUE, said TEXT)

-- case: a temporary table
CREATE TEMPORARY TABLE staged (a INTEGER)

-- case: made from a query
CREATE TABLE copies AS SELECT * FROM orders

-- case: a unique constraint
CREATE TABLE notes (a INTEGER, b INTEGER, UNIQUE (a, b))

-- case: the schema has its key, which a later ALTER TABLE adds
CREATE TABLE orders (id INTEGER NOT NULL, total NUMERIC)
