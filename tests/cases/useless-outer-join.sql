-- case: a comparison drops the unmatched rows
SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 100
-- becomes:
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 100

-- case: IS NOT NULL, and a column without its table
SELECT name FROM customers c LEFT JOIN orders o ON customer_id = c.id WHERE NOT coupon IS NULL
-- becomes:
SELECT name FROM customers c JOIN orders o ON customer_id = c.id WHERE NOT coupon IS NULL

-- case: a later inner join drops them
SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id
-- becomes:
SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id

-- case: IS NULL asks for the unmatched rows
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL
-- never: nothing is left
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL

-- case: OR lets unmatched rows pass
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 100 OR c.city = 'Oslo'
-- never: customers of Oslo without orders are lost
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 100 OR c.city = 'Oslo'

-- case: the condition is in ON
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.total > 100
-- never: customers without such orders are lost
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id AND o.total > 100

-- case: NOT IN of an empty subquery is true even for NULL
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
WHERE o.id NOT IN (SELECT l.order_id FROM order_lines l)
-- never: without order lines, customers without orders are lost
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id
WHERE o.id NOT IN (SELECT l.order_id FROM order_lines l)

-- case: a comparison with ALL of nothing is true even for NULL
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
WHERE o.id > ALL (SELECT l.order_id FROM order_lines l)
-- dialect: postgres
-- never: without order lines, customers without orders are lost
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id
WHERE o.id > ALL (SELECT l.order_id FROM order_lines l)
