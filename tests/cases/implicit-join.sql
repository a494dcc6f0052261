-- case: two tables
SELECT c.name, o.total FROM customers c, orders o WHERE o.customer_id = c.id
-- becomes:
SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: columns without tables; each table comes after one that it has a condition with
SELECT s_name FROM part, supplier, partsupp WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size = 15
-- schema: tpch
-- becomes:
SELECT s_name FROM part JOIN partsupp ON p_partkey = ps_partkey JOIN supplier ON s_suppkey = ps_suppkey WHERE p_size = 15
-- never: a condition is lost
SELECT s_name FROM part JOIN partsupp ON p_partkey = ps_partkey CROSS JOIN supplier WHERE p_size = 15

-- case: a star keeps the order of the tables
SELECT * FROM products p, customers c, orders o WHERE o.customer_id = c.id
-- becomes:
SELECT * FROM products p CROSS JOIN customers c JOIN orders o ON o.customer_id = c.id

-- case: before a LEFT JOIN
SELECT c.name FROM customers c, orders o LEFT JOIN order_lines l ON l.order_id = o.id WHERE o.customer_id = c.id AND l.line IS NULL
-- becomes:
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id LEFT JOIN order_lines l ON l.order_id = o.id WHERE l.line IS NULL
-- never: in ON it keeps every order
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id LEFT JOIN order_lines l ON l.order_id = o.id AND l.line IS NULL

-- case: joins are written with JOIN
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id

-- case: beside USING, which would match the columns of the comma's table too
SELECT c.name FROM customers c, orders o JOIN products p USING (id) WHERE o.customer_id = c.id
-- dialect: duckdb
-- found
