-- case: united with itself
SELECT city FROM customers UNION SELECT city FROM customers
-- becomes:
SELECT DISTINCT city FROM customers

-- case: in a subquery, intersected
SELECT COUNT(*) FROM (SELECT status FROM orders WHERE total > 5 INTERSECT SELECT status FROM orders WHERE total > 5) AS s
-- becomes:
SELECT COUNT(*) FROM (SELECT DISTINCT status FROM orders WHERE total > 5) AS s

-- case: everything twice
SELECT id FROM customers UNION ALL SELECT id FROM customers
-- found
-- never: once
SELECT id FROM customers

-- case: other filters
SELECT city FROM customers WHERE id < 5 UNION SELECT city FROM customers WHERE id > 5
-- never: one side is lost
SELECT DISTINCT city FROM customers WHERE id < 5
