-- case: the value of the row itself
SELECT id, LAST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY placed, id) AS last FROM orders
-- found
-- never: of the last row
SELECT id, FIRST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY placed DESC, id DESC) AS last FROM orders

-- case: over all rows
SELECT id, LAST_VALUE(status) OVER (ORDER BY id) AS last FROM orders
-- found
-- never: of the last row
SELECT id, LAST_VALUE(status) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last FROM orders

-- case: the frame is written
SELECT id, LAST_VALUE(total) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM orders

-- case: the first value
SELECT id, FIRST_VALUE(total) OVER (ORDER BY id) FROM orders
