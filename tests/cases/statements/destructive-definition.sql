-- case: a table
DROP TABLE orders
-- found

-- case: a database
DROP DATABASE shop
-- found

-- case: all rows
TRUNCATE orders
-- found

-- case: a column
ALTER TABLE orders DROP COLUMN coupon
-- found

-- case: an index holds nothing of its own
DROP INDEX order_lines_product

-- case: a view holds nothing of its own
DROP VIEW sold

-- case: a constraint
ALTER TABLE orders DROP CONSTRAINT orders_total

-- case: a temporary table
DROP TEMPORARY TABLE staged
-- dialect: mysql

-- case: a new name
ALTER TABLE orders RENAME COLUMN coupon TO unused_coupon
