-- case: owner_id and owner_type
SELECT c.name, n.body FROM customers c JOIN notes n ON n.owner_id = c.id AND n.owner_type = 'customer'
-- found

-- case: in WHERE, by a LEFT JOIN
SELECT p.id FROM posts p LEFT JOIN taggings t ON t.taggable_id = p.id AND t.taggable_type = 'Post'
-- found

-- case: the type is another's
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.status = 'new'
-- never: all types
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: a type of its own
SELECT c.name FROM customers c JOIN notes n ON n.customer_id = c.id AND n.note_type = 'short'
