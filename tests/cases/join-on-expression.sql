-- case: a function on both sides
SELECT c.name FROM customers c JOIN products p ON LOWER(p.name) = LOWER(c.name)
-- found

-- case: a cast, by a comma
SELECT o.id FROM orders o, products p WHERE CAST(p.id AS TEXT) = o.coupon
-- found

-- case: glued texts
SELECT o.id FROM orders o JOIN customers c ON c.name || c.city = o.coupon
-- found

-- case: bare columns
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id

-- case: a constant on the other side
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id AND LOWER(c.city) = 'oslo'

-- case: arithmetic
SELECT a.id FROM orders a JOIN orders b ON b.id = a.id + 1
-- never: the next one, not itself
SELECT a.id FROM orders a JOIN orders b ON b.id = a.id
