-- case: three alike
SELECT id, SUM(total) OVER (PARTITION BY customer_id ORDER BY id) AS a, COUNT(*) OVER (PARTITION BY customer_id ORDER BY id) AS b, MAX(total) OVER (PARTITION BY customer_id ORDER BY id) AS c FROM orders
-- becomes:
SELECT id, SUM(total) OVER w AS a, COUNT(*) OVER w AS b, MAX(total) OVER w AS c FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY id)

-- case: beside another, with a frame
SELECT w.id, MIN(w.total) OVER (ORDER BY w.id ROWS 2 PRECEDING) + MAX(w.total) OVER (ORDER BY w.id ROWS 2 PRECEDING) AS a, SUM(w.total) OVER (ORDER BY w.id ROWS 2 PRECEDING) AS b, COUNT(*) OVER (ORDER BY w.id) AS c FROM orders w
-- becomes:
SELECT w.id, MIN(w.total) OVER w_2 + MAX(w.total) OVER w_2 AS a, SUM(w.total) OVER w_2 AS b, COUNT(*) OVER (ORDER BY w.id) AS c FROM orders w WINDOW w_2 AS (ORDER BY w.id ROWS 2 PRECEDING)

-- case: two alike and a different one
SELECT id, SUM(total) OVER (ORDER BY id) AS a, COUNT(*) OVER (ORDER BY id) AS b, SUM(total) OVER (ORDER BY id DESC) AS c FROM orders
-- never: all three the same way
SELECT id, SUM(total) OVER w AS a, COUNT(*) OVER w AS b, SUM(total) OVER w AS c FROM orders WINDOW w AS (ORDER BY id)
