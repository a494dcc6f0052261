-- case: customers without an order
SELECT c.id, COUNT(*) AS orders FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id
-- found
-- never: 0 for them
SELECT c.id, COUNT(o.id) AS orders FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id

-- case: by a column that is no key, with another join before
SELECT p.name, COUNT(*) FROM order_lines a JOIN products p ON p.id = a.product_id LEFT JOIN orders o ON o.customer_id = a.line GROUP BY p.name
-- found

-- case: the other side has one match at most
SELECT o.status, COUNT(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id GROUP BY o.status

-- case: the joined side is grouped too
SELECT c.id, o.status, COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id, o.status

-- case: rows without a match do not pass WHERE
SELECT c.id, COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 3 GROUP BY c.id

-- case: an inner join
SELECT c.id, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id
