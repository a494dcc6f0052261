-- case: a new type
ALTER TABLE orders ALTER COLUMN total TYPE DOUBLE PRECISION
-- found

-- case: MySQL's way to say it
ALTER TABLE orders MODIFY total DOUBLE
-- dialect: mysql
-- found

-- case: a default that differs from row to row
ALTER TABLE orders ADD COLUMN token UUID DEFAULT GEN_RANDOM_UUID()
-- found

-- case: NOT NULL for a column that is there
ALTER TABLE orders ALTER COLUMN total SET NOT NULL
-- found

-- case: a constraint checked at once
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0)
-- found

-- case: a new nullable column
ALTER TABLE orders ADD COLUMN note TEXT

-- case: a constant default
ALTER TABLE orders ADD COLUMN note TEXT DEFAULT ''

-- case: a new name
ALTER TABLE orders RENAME TO purchases

-- case: checked later
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID

-- case: a table that the schema does not have
ALTER TABLE fresh ADD CONSTRAINT positive CHECK (total > 0)
