-- case: the tie is forgotten
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.status = 'new')
-- found
-- never: the tie that was meant returns other rows
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'new')

-- case: a name means the inner table
SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = id)
-- found

-- case: tied
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: tied in a join condition
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o JOIN order_lines l ON l.order_id = o.id AND o.customer_id = c.id)

-- case: an output
SELECT name, EXISTS (SELECT 1 FROM orders WHERE status = 'new') FROM customers

-- case: an unknown table
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM elsewhere WHERE x = y)
