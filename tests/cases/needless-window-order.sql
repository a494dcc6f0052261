-- case: a sum over the whole part
SELECT id, SUM(total) OVER (PARTITION BY customer_id ORDER BY placed ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS sum FROM orders
-- becomes:
SELECT id, SUM(total) OVER (PARTITION BY customer_id) AS sum FROM orders

-- case: over all rows, with RANGE
SELECT id, MAX(total) OVER (ORDER BY id DESC RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS most FROM orders
-- becomes:
SELECT id, MAX(total) OVER () AS most FROM orders

-- case: up to the current row
SELECT id, SUM(total) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sum FROM orders
-- never: the whole sum in every row
SELECT id, SUM(total) OVER () AS sum FROM orders

-- case: the last value needs the order
SELECT id, LAST_VALUE(total) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last FROM orders
