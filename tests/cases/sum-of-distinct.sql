-- case: a join repeats the orders
SELECT SUM(DISTINCT o.total) FROM orders o JOIN order_lines l ON l.order_id = o.id
-- found
-- never: two orders of one total
SELECT SUM(o.total) FROM orders o WHERE EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)

-- case: an average
SELECT customer_id, AVG(DISTINCT total) FROM orders GROUP BY customer_id
-- found
-- never: each total as often as it is there
SELECT customer_id, AVG(total) FROM orders GROUP BY customer_id

-- case: a key has no equal values
SELECT SUM(DISTINCT o.id) FROM orders o JOIN order_lines l ON l.order_id = o.id

-- case: COUNT and MAX
SELECT COUNT(DISTINCT total), MAX(total) FROM orders
