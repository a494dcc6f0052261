-- schema: shop
-- pair: GROUP BY without an aggregate and DISTINCT
SELECT customer_id, placed FROM orders GROUP BY customer_id, placed
-- is:
SELECT DISTINCT customer_id, placed FROM orders
-- because: groups by all that is selected are its distinct rows

-- pair: HAVING on the key and WHERE
SELECT customer_id, SUM(total) AS s FROM orders GROUP BY customer_id HAVING customer_id > 3
-- is:
SELECT customer_id, SUM(total) AS s FROM orders WHERE customer_id > 3 GROUP BY customer_id
-- because: a condition on the key is the same for all rows of a group

-- pair: HAVING and a filter around
SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id HAVING COUNT(*) > 1
-- is:
SELECT customer_id, n FROM (SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id) AS g WHERE n > 1
-- because: HAVING is a filter on groups

-- pair: grouping by a key groups nothing
SELECT id, SUM(total) AS s, COUNT(*) AS n FROM orders GROUP BY id
-- is:
SELECT id, total AS s, 1 AS n FROM orders
-- because: every group has one row, and total is never NULL

-- pair: grouping by a composite key
SELECT order_id, line_no, MAX(quantity) AS m FROM items GROUP BY order_id, line_no
-- is:
SELECT order_id, line_no, quantity AS m FROM items
-- because: every group has one row

-- pair: a key and a column that follows from it
SELECT c.id, c.city, COUNT(*) AS n FROM customers AS c JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id, c.city
-- is:
SELECT c.id, MAX(c.city) AS city, COUNT(*) AS n FROM customers AS c JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id
-- because: the city of one customer is one value, or NULL in both

-- pair: grouping by either side of an equality
SELECT o.customer_id, COUNT(*) AS n FROM orders AS o JOIN customers AS c ON c.id = o.customer_id GROUP BY o.customer_id
-- is:
SELECT c.id AS customer_id, COUNT(*) AS n FROM orders AS o JOIN customers AS c ON c.id = o.customer_id GROUP BY c.id
-- because: the two are equal in every joined row

-- pair: grouping by a constant besides
-- dialects: sqlite postgres duckdb
SELECT status, 1 AS one, COUNT(*) AS n FROM orders GROUP BY status, total, total + 0
-- is:
SELECT status, 1 AS one, COUNT(*) AS n FROM orders GROUP BY status, total
-- because: total + 0 is total and splits no group

-- pair: HAVING over the whole table
SELECT COUNT(*) AS n FROM orders HAVING COUNT(*) > 2
-- is:
SELECT n FROM (SELECT COUNT(*) AS n FROM orders) AS t WHERE n > 2
-- because: one row that is kept or dropped

-- pair: distinct counts by two levels of groups
SELECT customer_id, COUNT(DISTINCT status) AS n FROM orders GROUP BY customer_id
-- is:
SELECT customer_id, COUNT(*) AS n FROM (SELECT DISTINCT customer_id, status FROM orders) AS d GROUP BY customer_id
-- because: status is never NULL, so distinct pairs count the distinct values

-- pair: HAVING without an aggregate in it after a join
SELECT o.id, COUNT(*) AS n FROM orders AS o JOIN items AS i ON i.order_id = o.id GROUP BY o.id, o.status HAVING o.status = 'open' AND COUNT(*) > 1
-- is:
SELECT o.id, COUNT(*) AS n FROM orders AS o JOIN items AS i ON i.order_id = o.id WHERE o.status = 'open' GROUP BY o.id HAVING COUNT(*) > 1
-- because: status follows from the key o.id

-- pair: groups by an expression and by its alias around
SELECT discount + 1 AS d, COUNT(*) AS n FROM items GROUP BY discount + 1
-- is:
SELECT d + 1 AS d, n FROM (SELECT discount AS d, COUNT(*) AS n FROM items GROUP BY discount) AS g
-- because: adding one maps different discounts to different values

-- pair: groups of a CASE and two counts united
SELECT CASE WHEN total > 50 THEN 'big' ELSE 'small' END AS size, COUNT(*) AS n FROM orders GROUP BY CASE WHEN total > 50 THEN 'big' ELSE 'small' END
-- is:
SELECT 'big' AS size, COUNT(*) AS n FROM orders WHERE total > 50 HAVING COUNT(*) > 0 UNION ALL SELECT 'small', COUNT(*) FROM orders WHERE total <= 50 HAVING COUNT(*) > 0
-- because: total is never NULL, so each order is in one of the two, and empty groups do not show

-- pair: ROLLUP written out
-- dialects: postgres duckdb
SELECT customer_id, SUM(total) AS s FROM orders WHERE customer_id IS NOT NULL GROUP BY ROLLUP (customer_id)
-- is:
SELECT customer_id, SUM(total) AS s FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id UNION ALL SELECT NULL, SUM(total) FROM orders WHERE customer_id IS NOT NULL
-- because: ROLLUP adds the row over all, which is there for no rows as well

-- pair: GROUPING SETS written out
-- dialects: postgres duckdb
SELECT status, placed, COUNT(*) AS n FROM orders GROUP BY GROUPING SETS ((status), (placed))
-- is:
SELECT status, NULL AS placed, COUNT(*) AS n FROM orders GROUP BY status UNION ALL SELECT NULL, placed, COUNT(*) FROM orders GROUP BY placed
-- because: each set is a grouping of its own with NULL for the other column

-- schema: hr
-- pair: departments by what their people have in common
SELECT department_id, MIN(hired) AS since FROM employees WHERE department_id IS NOT NULL GROUP BY department_id
-- is:
SELECT d.id AS department_id, (SELECT MIN(e.hired) FROM employees AS e WHERE e.department_id = d.id) AS since FROM departments AS d WHERE EXISTS (SELECT 1 FROM employees AS e WHERE e.department_id = d.id)
-- because: every department_id that is no NULL is a department with at least one employee

-- pair: a group is dropped by one of its rows
SELECT project_id FROM assignments GROUP BY project_id HAVING MAX(hours) < 100
-- is:
SELECT DISTINCT project_id FROM assignments AS a WHERE NOT EXISTS (SELECT 1 FROM assignments AS b WHERE b.project_id = a.project_id AND b.hours >= 100)
-- because: hours is never NULL: the greatest is below the bound where none reaches it

-- pair: two conditions on one group
SELECT employee_id FROM assignments WHERE project_id IN (1, 2) GROUP BY employee_id HAVING COUNT(*) = 2
-- is:
SELECT a.employee_id FROM assignments AS a JOIN assignments AS b ON b.employee_id = a.employee_id WHERE a.project_id = 1 AND b.project_id = 2
-- because: an employee is in a project once at most, so two rows are both projects
