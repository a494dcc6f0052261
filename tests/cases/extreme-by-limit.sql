-- case: the last day
SELECT id FROM orders WHERE placed = (SELECT placed FROM orders ORDER BY placed DESC LIMIT 1)
-- becomes:
SELECT id FROM orders WHERE placed = (SELECT MAX(placed) FROM orders)

-- case: the least price, tied to the row
SELECT o.id FROM orders o WHERE o.total < (SELECT p.price FROM products p WHERE p.stock > o.customer_id ORDER BY p.price, p.id LIMIT 1)
-- becomes:
SELECT o.id FROM orders o WHERE o.total < (SELECT MIN(p.price) FROM products p WHERE p.stock > o.customer_id)

-- case: NULL comes first
SELECT id FROM products WHERE stock >= (SELECT total FROM orders ORDER BY total LIMIT 1)
-- never: the least that is there
SELECT id FROM products WHERE stock >= (SELECT MIN(total) FROM orders)

-- case: another column
SELECT id FROM orders WHERE id = (SELECT id FROM orders ORDER BY placed DESC, id LIMIT 1)
-- never: the greatest
SELECT id FROM orders WHERE id = (SELECT MAX(id) FROM orders)

-- case: the second
SELECT id FROM orders WHERE placed = (SELECT placed FROM orders ORDER BY placed DESC LIMIT 1 OFFSET 1)
-- never: the first
SELECT id FROM orders WHERE placed = (SELECT MAX(placed) FROM orders)

-- case: FETCH says the same
SELECT id FROM orders WHERE placed = (SELECT placed FROM orders ORDER BY placed DESC FETCH FIRST 1 ROW ONLY)
-- dialect: postgres

-- case: an outer column
SELECT o.id FROM orders o WHERE o.total = (SELECT o.total FROM customers c ORDER BY o.total DESC LIMIT 1)
