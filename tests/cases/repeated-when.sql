-- case: a value again
SELECT CASE status WHEN 'open' THEN 1 WHEN 'paid' THEN 2 WHEN 'open' THEN 3 END FROM orders
-- becomes:
SELECT CASE status WHEN 'open' THEN 1 WHEN 'paid' THEN 2 END FROM orders

-- case: a condition again
SELECT CASE WHEN total > 5 THEN 'much' WHEN total > 5 THEN 'more' ELSE 'little' END FROM orders
-- becomes:
SELECT CASE WHEN total > 5 THEN 'much' ELSE 'little' END FROM orders

-- case: other bounds
SELECT CASE WHEN total > 5 THEN 'much' WHEN total > 3 THEN 'some' END FROM orders
-- never: without the second
SELECT CASE WHEN total > 5 THEN 'much' END FROM orders
