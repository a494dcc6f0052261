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
-- becomes:
SELECT c.name FROM customers c WHERE NOT c.referrer_id IS NULL
-- never: customers without a referrer come back
SELECT c.name FROM customers c

-- case: the key is read, as an output and in a condition
SELECT c.id, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id IN (1, 2)
-- becomes:
SELECT o.customer_id AS id, o.total FROM orders o WHERE o.customer_id IN (1, 2)

-- case: another table hangs on the key, and a subquery reads it
SELECT o.total FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = p.id)
-- becomes:
SELECT o.total FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = l.product_id)

-- case: an IN over the same table says that there is a row
SELECT i.id FROM issues i JOIN projects p ON p.id = i.weight WHERE p.id IN (SELECT q.id FROM projects q WHERE q.visibility = 20)
-- schema: tracker
-- becomes:
SELECT i.id FROM issues i WHERE i.weight IN (SELECT q.id FROM projects q WHERE q.visibility = 20) AND NOT i.weight IS NULL

-- case: an outer join keeps rows of the other side
SELECT o.id, c.id FROM orders o RIGHT JOIN customers c ON c.id = o.customer_id
-- never: customers without orders are lost
SELECT o.id, o.customer_id AS id FROM orders o

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

-- case: ON would not see the table before a comma
SELECT l.quantity, c.name FROM order_lines l, customers c, products p JOIN order_lines m ON m.line = p.id WHERE l.product_id = p.id
