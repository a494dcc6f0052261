-- case: an inequality alone
SELECT a.id, b.id FROM orders a JOIN orders b ON b.placed > a.placed
-- found
-- never: of the same customer alone
SELECT a.id, b.id FROM orders a JOIN orders b ON b.customer_id = a.customer_id AND b.placed > a.placed

-- case: a range, by a comma
SELECT o.id, p.name FROM orders o, products p WHERE o.total BETWEEN p.price AND p.price * 2
-- found

-- case: an equality beside it
SELECT a.id, b.id FROM orders a JOIN orders b ON b.customer_id = a.customer_id AND b.placed > a.placed

-- case: said on purpose
SELECT a.id FROM orders a CROSS JOIN products p

-- case: a derived table
SELECT o.id FROM orders o JOIN (SELECT AVG(total) AS t FROM orders) AS a ON o.total > a.t
