-- case: four levels
SELECT a.name, d.name FROM customers a JOIN customers b ON b.referrer_id = a.id JOIN customers c ON c.referrer_id = b.id JOIN customers d ON d.referrer_id = c.id
-- found
-- never: a level less
SELECT a.name, c.name FROM customers a JOIN customers b ON b.referrer_id = a.id JOIN customers c ON c.referrer_id = b.id

-- case: upwards, outer joins
SELECT a.name, d.name FROM customers a LEFT JOIN customers b ON a.referrer_id = b.id LEFT JOIN customers c ON b.referrer_id = c.id LEFT JOIN customers d ON c.referrer_id = d.id
-- found

-- case: three levels
SELECT a.name, c.name FROM customers a JOIN customers b ON b.referrer_id = a.id JOIN customers c ON c.referrer_id = b.id

-- case: another column
SELECT a.id FROM orders a JOIN orders b ON b.customer_id = a.customer_id JOIN orders c ON c.customer_id = b.customer_id JOIN orders d ON d.customer_id = c.customer_id
