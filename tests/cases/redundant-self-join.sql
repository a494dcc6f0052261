-- case: on the key
SELECT a.id, b.total FROM orders a JOIN orders b ON a.id = b.id WHERE b.total > 10
-- becomes:
SELECT a.id, a.total FROM orders a WHERE a.total > 10

-- case: by a comma, on a key of two columns
SELECT a.quantity FROM order_lines a, order_lines b WHERE a.order_id = b.order_id AND b.line = a.line AND b.product_id = 3
-- becomes:
SELECT a.quantity FROM order_lines a WHERE a.product_id = 3

-- case: half the key
SELECT a.line FROM order_lines a JOIN order_lines b ON a.order_id = b.order_id WHERE b.product_id = 3
-- never: the lines of one order meet each other
SELECT a.line FROM order_lines a WHERE a.product_id = 3

-- case: a unique column that may be NULL
SELECT a.id FROM customers a JOIN customers b ON a.email = b.email
-- never: customers without an address come back
SELECT a.id FROM customers a

-- case: another column of it
SELECT a.name FROM customers a JOIN customers b ON a.referrer_id = b.id

-- case: a subquery has a table of the same name
SELECT a.id FROM orders a JOIN orders b ON a.id = b.id WHERE EXISTS (SELECT 1 FROM customers a WHERE a.id = b.customer_id)

-- case: a column that may be NULL is compared too
SELECT a.id FROM customers a JOIN customers b ON a.id = b.id AND a.city = b.city
-- becomes:
SELECT a.id FROM customers a WHERE a.city = a.city
-- never: customers without a city come back
SELECT a.id FROM customers a
