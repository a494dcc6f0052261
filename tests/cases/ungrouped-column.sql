-- case: a name among cities
SELECT city, name, COUNT(*) FROM customers GROUP BY city
-- found

-- case: beside an aggregate without groups
SELECT name, MAX(id) FROM customers
-- found

-- case: a join whose key is not grouped
SELECT c.city, o.status, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.city
-- found

-- case: the key of the table is grouped
SELECT id, name, COUNT(*) FROM customers GROUP BY id

-- case: the key follows from a join
SELECT o.id, c.name, COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.id

-- case: an expression is grouped
SELECT UPPER(city), COUNT(*) FROM customers GROUP BY UPPER(city)
-- never: a group for each name
SELECT UPPER(city), COUNT(*) FROM customers GROUP BY UPPER(city), name

-- case: one constant in the group
SELECT status, COUNT(*) FROM orders WHERE status = 'open'

-- case: a condition of the aggregate
SELECT SUM(total) FILTER (WHERE status = 'open') FROM orders

-- case: a window keeps every row, with a condition too
SELECT id, SUM(total) FILTER (WHERE status = 'open') OVER (ORDER BY id) FROM orders

-- case: groups under a window
SELECT status, customer_id, SUM(COUNT(*)) OVER () FROM orders GROUP BY status
-- found
