-- case: orders of one day
SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC) AS n FROM orders) AS o WHERE n = 1
-- found

-- case: customers of one name
SELECT c.id, ROW_NUMBER() OVER (ORDER BY c.name) AS n FROM customers c
-- found

-- case: a key settles it
SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id) AS n FROM orders) AS o WHERE n = 1
-- never: the last of that day
SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id DESC) AS n FROM orders) AS o WHERE n = 1

-- case: ranks tie openly
SELECT id, RANK() OVER (ORDER BY placed) AS n FROM orders
