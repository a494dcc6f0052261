-- case: a count
SELECT city FROM customers WHERE COUNT(*) > 3 GROUP BY city
-- found

-- case: below AND
SELECT city FROM customers WHERE id > 3 AND MAX(id) < 9 GROUP BY city
-- found

-- case: HAVING is the place
SELECT city FROM customers GROUP BY city HAVING COUNT(*) > 3
-- never: every city
SELECT city FROM customers GROUP BY city

-- case: a subquery has groups of its own
SELECT name FROM customers WHERE id > (SELECT AVG(id) FROM customers)
-- never: compared with the row's own
SELECT name FROM customers WHERE id > id

-- case: the aggregate belongs to the outer groups
SELECT city FROM customers c GROUP BY city HAVING EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = MAX(c.id))
