-- case: the only one
WITH large AS (SELECT id FROM orders WHERE total > 100) SELECT name FROM customers
-- becomes:
SELECT name FROM customers
-- never: a condition that was never asked for
SELECT name FROM customers WHERE id IN (SELECT id FROM orders WHERE total > 100)

-- case: one of two
WITH a AS (SELECT id FROM orders), b AS (SELECT id FROM customers) SELECT id FROM b
-- becomes:
WITH b AS (SELECT id FROM customers) SELECT id FROM b

-- case: read by another of them
WITH a AS (SELECT id FROM orders), b AS (SELECT id FROM a) SELECT id FROM b
