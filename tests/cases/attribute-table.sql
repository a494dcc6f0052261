-- case: two attributes
SELECT c.name, a.value, b.value FROM customers c JOIN attributes a ON a.customer_id = c.id AND a.name = 'size' JOIN attributes b ON b.customer_id = c.id AND b.name = 'color'
-- found

-- case: outer joins, one in WHERE
SELECT p.id FROM posts p LEFT JOIN postmeta m ON m.post_id = p.id AND m.meta_key = 'price' LEFT JOIN postmeta n ON n.post_id = p.id WHERE n.meta_key = 'stock'
-- found

-- case: the same attribute twice
SELECT a.customer_id FROM attributes a JOIN attributes b ON b.customer_id = a.customer_id AND b.name = 'size' WHERE a.name = 'size'

-- case: no name of an attribute
SELECT a.id FROM customers a JOIN customers b ON b.referrer_id = a.id WHERE a.city = 'Oslo' AND b.city = 'Rome'
-- never: one table cannot be both
SELECT a.id FROM customers a WHERE a.city = 'Oslo' AND a.city = 'Rome'
