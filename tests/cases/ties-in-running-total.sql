-- case: orders of one day
SELECT id, SUM(total) OVER (ORDER BY placed) AS running FROM orders
-- found
-- never: one after the other
SELECT id, SUM(total) OVER (ORDER BY placed, id) AS running FROM orders

-- case: for each customer
SELECT o.id, COUNT(*) OVER (PARTITION BY o.customer_id ORDER BY o.placed) AS running FROM orders o
-- found
-- never: one after the other
SELECT o.id, COUNT(*) OVER (PARTITION BY o.customer_id ORDER BY o.placed, o.id) AS running FROM orders o

-- case: the order holds a key
SELECT id, SUM(total) OVER (ORDER BY placed, id) AS running FROM orders

-- case: part and order hold a key together
SELECT order_id, SUM(quantity) OVER (PARTITION BY order_id ORDER BY line) AS running FROM order_lines

-- case: the frame is written
SELECT id, SUM(total) OVER (ORDER BY placed ROWS UNBOUNDED PRECEDING) AS running FROM orders
