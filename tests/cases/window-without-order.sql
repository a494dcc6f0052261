-- case: a number in each part
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id) AS n FROM orders
-- found

-- case: the row before
SELECT id, LAG(total) OVER () AS before FROM orders
-- found

-- case: an order
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed, id) AS n FROM orders
-- never: from the other end
SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id DESC) AS n FROM orders

-- case: a sum needs none
SELECT id, SUM(total) OVER (PARTITION BY customer_id) AS sum FROM orders

-- case: any number will do
SELECT id, ROW_NUMBER() OVER () AS n FROM orders
