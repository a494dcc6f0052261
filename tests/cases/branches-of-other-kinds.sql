-- case: a total and a name
SELECT id, total FROM orders UNION ALL SELECT id, name FROM customers
-- found

-- case: a count and a date
SELECT placed FROM orders UNION SELECT stock FROM products
-- found

-- case: kinds of numbers
SELECT id, total FROM orders UNION ALL SELECT id, stock FROM products
-- never: without repeats
SELECT id, total FROM orders UNION SELECT id, stock FROM products

-- case: NULL and a text constant
SELECT id, NULL, total FROM orders UNION ALL SELECT id, city, '0' FROM customers
