-- schema: shop
-- pair: the first row by number and the greatest key
SELECT customer_id, id FROM (SELECT customer_id, id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY id DESC) AS place FROM orders) AS r WHERE place = 1
-- is:
SELECT customer_id, MAX(id) AS id FROM orders GROUP BY customer_id
-- because: partitions and groups both hold the NULLs together, and ids do not tie

-- pair: the rows of the greatest value by RANK and by a subquery
SELECT id FROM (SELECT id, RANK() OVER (ORDER BY total DESC) AS place FROM orders) AS r WHERE place = 1
-- is:
SELECT id FROM orders WHERE total = (SELECT MAX(total) FROM orders)
-- because: rank 1 is shared by all rows of the greatest total

-- pair: the newest order of each customer with its ties
SELECT id FROM (SELECT id, customer_id, RANK() OVER (PARTITION BY customer_id ORDER BY placed DESC) AS place FROM orders WHERE customer_id IS NOT NULL) AS r WHERE place = 1
-- is:
SELECT o.id FROM orders AS o WHERE o.placed = (SELECT MAX(i.placed) FROM orders AS i WHERE i.customer_id = o.customer_id)
-- because: without a customer the subquery is NULL and drops the row

-- pair: an aggregate over a partition and a join with groups
SELECT id, COUNT(*) OVER (PARTITION BY status) AS n FROM orders
-- is:
SELECT o.id, g.n FROM orders AS o JOIN (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) AS g ON g.status = o.status
-- because: status is never NULL, so each order meets its own group

-- pair: an aggregate over a nullable partition and a subquery
-- dialects: sqlite postgres duckdb
SELECT id, MAX(total) OVER (PARTITION BY customer_id) AS top FROM orders
-- is:
SELECT o.id, (SELECT MAX(i.total) FROM orders AS i WHERE i.customer_id IS NOT DISTINCT FROM o.customer_id) AS top FROM orders AS o
-- because: a partition holds the NULLs together, as IS NOT DISTINCT FROM does

-- pair: RANK as a count of greater ones
SELECT id, RANK() OVER (ORDER BY total DESC) AS place FROM orders
-- is:
SELECT o.id, (SELECT COUNT(*) FROM orders AS i WHERE i.total > o.total) + 1 AS place FROM orders AS o
-- because: the rank is one more than the rows before it, and totals are not NULL

-- pair: DENSE_RANK as a count of distinct greater ones
SELECT id, DENSE_RANK() OVER (ORDER BY total DESC) AS place FROM orders
-- is:
SELECT o.id, (SELECT COUNT(DISTINCT i.total) FROM orders AS i WHERE i.total >= o.total) AS place FROM orders AS o
-- because: the dense rank counts the distinct totals from the top to its own

-- pair: ROW_NUMBER over a key as a count
SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM orders
-- is:
SELECT o.id, (SELECT COUNT(*) FROM orders AS i WHERE i.id <= o.id) AS place FROM orders AS o
-- because: ids do not tie

-- pair: a running sum over a key as a subquery
SELECT order_id, line_no, SUM(quantity) OVER (PARTITION BY order_id ORDER BY line_no) AS so_far FROM items
-- is:
SELECT i.order_id, i.line_no, (SELECT SUM(j.quantity) FROM items AS j WHERE j.order_id = i.order_id AND j.line_no <= i.line_no) AS so_far FROM items AS i
-- because: line_no does not tie in an order, so RANGE and the subquery hold the same rows

-- pair: a running count with ties
SELECT id, COUNT(*) OVER (ORDER BY placed) AS n FROM orders
-- is:
SELECT o.id, (SELECT COUNT(*) FROM orders AS i WHERE i.placed <= o.placed) AS n FROM orders AS o
-- because: the frame without words is RANGE and takes in the rows that tie

-- pair: LAG over a key as the greatest one before
SELECT id, LAG(id) OVER (ORDER BY id) AS prior FROM orders
-- is:
SELECT o.id, (SELECT MAX(i.id) FROM orders AS i WHERE i.id < o.id) AS prior FROM orders AS o
-- because: the row before is the greatest id below; none gives NULL in both

-- pair: LEAD is LAG the other way
SELECT id, LEAD(id) OVER (ORDER BY id) AS next_one FROM orders
-- is:
SELECT id, LAG(id) OVER (ORDER BY id DESC) AS next_one FROM orders
-- because: the row after in one order is the row before in the reverse

-- pair: a window over a filter that is its own partition
SELECT id, ROW_NUMBER() OVER (PARTITION BY status ORDER BY id) AS place FROM orders WHERE status = 'open'
-- is:
SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM orders WHERE status = 'open'
-- because: the filter leaves one partition

-- pair: a filter on the partition comes before the window
SELECT id, n FROM (SELECT id, customer_id, COUNT(*) OVER (PARTITION BY customer_id) AS n FROM orders) AS w WHERE customer_id = 3
-- is:
SELECT id, COUNT(*) OVER (PARTITION BY customer_id) AS n FROM orders WHERE customer_id = 3
-- because: a condition on the partition's key keeps whole partitions

-- pair: FIRST_VALUE over a key and a least value
SELECT id, FIRST_VALUE(id) OVER (PARTITION BY customer_id ORDER BY id) AS first_id FROM orders
-- is:
SELECT id, MIN(id) OVER (PARTITION BY customer_id) AS first_id FROM orders
-- because: the first id in the order of ids is the least one

-- pair: rows that repeat, by number and by EXISTS
SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id, placed ORDER BY id) AS place FROM orders WHERE customer_id IS NOT NULL) AS r WHERE place > 1
-- is:
SELECT o.id FROM orders AS o WHERE EXISTS (SELECT 1 FROM orders AS i WHERE i.customer_id = o.customer_id AND i.placed = o.placed AND i.id < o.id)
-- because: a number above 1 says that a row with a lesser id is in the partition

-- pair: QUALIFY and a filter around
-- dialects: duckdb
SELECT id, customer_id FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY id) = 1
-- is:
SELECT id, customer_id FROM (SELECT id, customer_id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY id) AS place FROM orders) AS r WHERE place = 1
-- because: QUALIFY is a filter after the windows

-- pair: a window over groups
SELECT customer_id, COUNT(*) AS n, SUM(COUNT(*)) OVER () AS everything FROM orders GROUP BY customer_id
-- is:
SELECT g.customer_id, g.n, (SELECT COUNT(*) FROM orders) AS everything FROM (SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id) AS g
-- because: the groups' counts add up to the count of all

-- pair: a frame over everything
SELECT order_id, MAX(quantity) OVER (PARTITION BY order_id ORDER BY line_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS m FROM items
-- is:
SELECT order_id, MAX(quantity) OVER (PARTITION BY order_id) AS m FROM items
-- because: the frame is the whole partition

-- pair: ROWS and RANGE over a key
SELECT order_id, line_no, SUM(discount) OVER (PARTITION BY order_id ORDER BY line_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s FROM items
-- is:
SELECT order_id, line_no, SUM(discount) OVER (PARTITION BY order_id ORDER BY line_no RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s FROM items
-- because: line_no does not tie in an order

-- schema: hr
-- pair: above the average of the department
-- dialects: sqlite postgres duckdb
SELECT id FROM (SELECT id, salary, AVG(salary) OVER (PARTITION BY department_id) AS a FROM employees WHERE department_id IS NOT NULL) AS w WHERE salary > a
-- is:
SELECT e.id FROM employees AS e JOIN (SELECT department_id, SUM(salary) AS s, COUNT(*) AS n FROM employees GROUP BY department_id) AS g ON g.department_id = e.department_id WHERE e.salary * g.n > g.s
-- because: salary above s / n is salary * n above s, for whole numbers and n above 0
