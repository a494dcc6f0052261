-- case: a share
SELECT COUNT(coupon) / COUNT(*) AS share FROM orders
-- found
-- never: with its fraction
SELECT COUNT(coupon) * 1.0 / COUNT(*) AS share FROM orders

-- case: columns
SELECT p.id / NULLIF(p.stock, 0) FROM products p
-- dialect: postgres
-- found

-- case: by a literal, as for tens
SELECT stock / 10 AS tens FROM products

-- case: one side has a fraction
SELECT price / stock FROM products

-- case: an engine that keeps the fraction
SELECT COUNT(coupon) / COUNT(*) FROM orders
-- dialect: mysql
