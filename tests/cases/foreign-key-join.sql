-- case: along a foreign key
SELECT o.id, o.total FROM orders o JOIN customers c ON c.id = o.customer_id
-- becomes:
SELECT o.id, o.total FROM orders o

-- case: by a comma, counted, beside another condition
SELECT COUNT(*) FROM order_lines l, products p WHERE l.product_id = p.id AND l.quantity > 1
-- becomes:
SELECT COUNT(*) FROM order_lines l WHERE l.quantity > 1

-- case: columns without tables
SELECT l_quantity FROM lineitem JOIN part ON p_partkey = l_partkey
-- schema: tpch
-- becomes:
SELECT l_quantity FROM lineitem

-- case: the referring column may be NULL
SELECT c.name FROM customers c JOIN customers r ON r.id = c.referrer_id
-- never: customers without a referrer come back
SELECT c.name FROM customers c

-- case: the table is filtered
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.city = 'Oslo'
-- never: orders from everywhere
SELECT o.id FROM orders o

-- case: against the key's direction
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id
-- never: once for each order
SELECT c.name FROM customers c

-- case: no foreign key says that there is a match
SELECT p.name FROM products p JOIN customers c ON c.id = p.id
-- never: products without a customer of the same number
SELECT p.name FROM products p

-- case: a column is read, in a subquery
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE EXISTS (SELECT 1 FROM products p WHERE p.name = c.name)

-- case: a column without its table is read
SELECT l_quantity, p_brand FROM lineitem JOIN part ON p_partkey = l_partkey
-- schema: tpch
