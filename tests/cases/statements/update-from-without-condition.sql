-- case: a condition on the other table alone
UPDATE orders SET total = p.price FROM products p WHERE p.price > 5
-- found

-- case: DELETE USING
DELETE FROM orders o USING customers c WHERE c.city = 'Oslo'
-- found

-- case: no condition at all
UPDATE orders SET total = p.price FROM products p
-- found

-- case: tied by a key
UPDATE orders SET total = p.price FROM products p WHERE p.id = orders.id

-- case: columns without a table: they may tie
UPDATE orders SET total = price FROM products WHERE product = code

-- case: tied by BETWEEN
UPDATE orders o SET total = p.price FROM products p WHERE o.total BETWEEN p.price AND p.price + 5

-- case: a subquery may tie them
DELETE FROM orders o USING customers c WHERE EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id)
