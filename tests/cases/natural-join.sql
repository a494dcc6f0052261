-- case: one shared column
SELECT quantity, amount FROM order_lines NATURAL JOIN payments
-- becomes:
SELECT quantity, amount FROM order_lines JOIN payments USING (order_id)
-- never: matched by columns that are called differently
SELECT quantity, amount FROM order_lines JOIN payments ON line = payments.id

-- case: no shared column at all: every row with every row
SELECT c.name, p.price FROM order_lines NATURAL JOIN orders AS o JOIN products p ON p.id = product_id JOIN customers c ON c.id = customer_id
-- dialect: duckdb
-- found

-- case: USING
SELECT quantity, amount FROM order_lines JOIN payments USING (order_id)
