-- case: an index serves the inner column
SELECT name FROM products WHERE id NOT IN (SELECT product_id FROM order_lines)
-- becomes:
SELECT name FROM products WHERE NOT EXISTS (SELECT 1 FROM order_lines WHERE order_lines.product_id = products.id)

-- case: a key, behind a column that is given
SELECT p.name FROM projects p WHERE NOT p.id IN (SELECT project_id FROM members WHERE user_id = 5)
-- schema: tracker
-- becomes:
SELECT p.name FROM projects p WHERE NOT EXISTS (SELECT 1 FROM members WHERE user_id = 5 AND members.project_id = p.id)

-- case: the list may hold NULL
SELECT c.name FROM customers c WHERE c.id NOT IN (SELECT r.referrer_id FROM customers r)
-- never: now NULL in the list does not matter
SELECT c.name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM customers r WHERE r.referrer_id = c.id)

-- case: the looked up value may be NULL
SELECT c.name FROM customers c WHERE c.referrer_id NOT IN (SELECT r.id FROM customers r)
-- never: those without a referrer come in
SELECT c.name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM customers r WHERE r.id = c.referrer_id)

-- case: no index on the inner column
SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)

-- case: the names would be mistaken
SELECT id FROM orders WHERE customer_id NOT IN (SELECT id FROM orders WHERE total > 5)

-- case: limited
SELECT name FROM products WHERE id NOT IN (SELECT product_id FROM order_lines ORDER BY order_id, line LIMIT 2)
