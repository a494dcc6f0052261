-- case: a value between quotes put there by hand
SELECT 'DELETE FROM orders WHERE coupon = ''' || coupon || '''' FROM orders
-- found

-- case: a name
SELECT CONCAT('DROP TABLE ', name) FROM products
-- dialect: mysql
-- found

-- case: a number needs no quotes
SELECT 'DELETE FROM orders WHERE id = ' || id AS made FROM orders
-- never: another column
SELECT 'DELETE FROM orders WHERE id = ' || customer_id AS made FROM orders

-- case: quoted by a function
SELECT 'DELETE FROM orders WHERE coupon = ' || QUOTE(coupon) FROM orders

-- case: text that is no statement
SELECT 'Selected: ' || name FROM products
