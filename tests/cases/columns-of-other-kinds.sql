-- case: a join
SELECT o.id FROM orders o JOIN products p ON p.id = o.coupon
-- found

-- case: in WHERE
SELECT id FROM customers WHERE city > referrer_id
-- found

-- case: two kinds of numbers
SELECT o.id FROM orders o JOIN products p ON p.price = o.customer_id
-- never: 1.5 is cut to 1
SELECT o.id FROM orders o JOIN products p ON CAST(p.price AS INTEGER) = o.customer_id

-- case: two texts
SELECT o.id FROM orders o JOIN customers c ON c.city = o.coupon
