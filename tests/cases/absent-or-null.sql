-- case: coupon may be NULL of itself
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.coupon IS NULL
-- found
-- never: only customers without an order
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL

-- case: beside another condition
SELECT p.id FROM products p LEFT JOIN customers c ON c.id = p.stock WHERE p.price > 2 AND c.city IS NULL
-- found

-- case: the key is NULL only without a match
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL

-- case: ON asks for a value
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.coupon = 'X' WHERE o.coupon IS NULL

-- case: no outer join
SELECT o.id FROM orders o WHERE o.coupon IS NULL
