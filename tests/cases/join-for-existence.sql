-- case: customers with an order
SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 100
-- becomes:
SELECT DISTINCT c.name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.total > 100 AND o.customer_id = c.id)
-- never: without DISTINCT, customers of one name are told apart
SELECT c.name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.total > 100 AND o.customer_id = c.id)

-- case: by a comma, columns without tables
SELECT DISTINCT p_brand FROM part, lineitem WHERE p_partkey = l_partkey AND p_size > 3 AND l_quantity < 5
-- schema: tpch
-- becomes:
SELECT DISTINCT p_brand FROM part
WHERE p_size > 3 AND EXISTS (SELECT 1 FROM lineitem WHERE p_partkey = l_partkey AND l_quantity < 5)

-- case: without DISTINCT the repeats are meant
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id
-- never: once for each customer
SELECT c.name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

-- case: joined on its key, nothing is repeated
SELECT DISTINCT o.status FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.city = 'Oslo'

-- case: a column of it is selected
SELECT DISTINCT c.name, o.status FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: another join hangs on it
SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id WHERE l.line = 1 AND l.quantity = o.total
