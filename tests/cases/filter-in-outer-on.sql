-- case: a condition on the kept table
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND c.city = 'Oslo'
-- found
-- never: customers of other cities are lost
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.city = 'Oslo'

-- case: on a third table
SELECT c.name, l.line FROM customers c JOIN orders o ON o.customer_id = c.id LEFT JOIN order_lines l ON l.order_id = o.id AND o.status = 'new'
-- found

-- case: on the joined table
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'new'
-- never: customers without new orders are lost
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.status = 'new'

-- case: an inner join drops them
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id AND c.city = 'Oslo'
