-- schema: shop
-- pair: comma and JOIN
SELECT o.id, c.name FROM orders AS o, customers AS c WHERE c.id = o.customer_id AND o.total > 50
-- is:
SELECT o.id, c.name FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE o.total > 50
-- because: an inner join is a product with its condition

-- pair: ON and USING
SELECT i.line_no, p.amount FROM items AS i JOIN payments AS p ON p.order_id = i.order_id
-- is:
SELECT i.line_no, p.amount FROM items AS i JOIN payments AS p USING (order_id)
-- because: USING is equality of the columns of that name

-- pair: inner joins change places
SELECT c.name, o.total, i.line_no FROM customers AS c JOIN orders AS o ON o.customer_id = c.id JOIN items AS i ON i.order_id = o.id
-- is:
SELECT c.name, o.total, i.line_no FROM items AS i JOIN orders AS o ON i.order_id = o.id JOIN customers AS c ON o.customer_id = c.id
-- because: inner joins commute and associate

-- pair: a condition moves into a derived table
SELECT c.name, o.total FROM customers AS c JOIN orders AS o ON o.customer_id = c.id WHERE o.status = 'open' AND c.active
-- is:
SELECT c.name, o.total FROM (SELECT id, name FROM customers WHERE active) AS c JOIN (SELECT customer_id, total FROM orders WHERE status = 'open') AS o ON o.customer_id = c.id
-- because: filters on one side of an inner join may come before it

-- pair: conditions move between ON and WHERE of an inner join
SELECT o.id, i.line_no FROM orders AS o JOIN items AS i ON i.order_id = o.id AND i.quantity > 2 WHERE o.total > 10
-- is:
SELECT o.id, i.line_no FROM orders AS o JOIN items AS i ON i.order_id = o.id AND o.total > 10 WHERE i.quantity > 2
-- because: an inner join makes no difference between ON and WHERE

-- pair: a constant goes over to the other side
SELECT o.id, i.line_no FROM orders AS o JOIN items AS i ON i.order_id = o.id WHERE o.id = 7
-- is:
SELECT o.id, i.line_no FROM orders AS o JOIN items AS i ON i.order_id = o.id WHERE o.id = 7 AND i.order_id = 7
-- because: equality of integers carries over

-- pair: equalities in a triangle
SELECT o.id, i.line_no, p.amount FROM orders AS o JOIN items AS i ON i.order_id = o.id JOIN payments AS p ON p.order_id = o.id
-- is:
SELECT o.id, i.line_no, p.amount FROM orders AS o JOIN items AS i ON i.order_id = o.id JOIN payments AS p ON p.order_id = i.order_id
-- because: i.order_id and o.id are equal, so either serves

-- pair: an OR of two filters as a union without overlap
SELECT id FROM orders WHERE status = 'open' OR total > 100
-- is:
SELECT id FROM orders WHERE status = 'open' UNION ALL SELECT id FROM orders WHERE total > 100 AND status <> 'open'
-- because: status is never NULL, so the second branch holds just what the first does not

-- pair: an OR over nullable columns as a union without overlap
SELECT id FROM customers WHERE city = 'Oslo' OR name = 'Ann'
-- is:
SELECT id FROM customers WHERE city = 'Oslo' UNION ALL SELECT id FROM customers WHERE name = 'Ann' AND (city <> 'Oslo' OR city IS NULL)
-- because: the second branch leaves out exactly the cities that are Oslo, and keeps NULL

-- pair: an OR of join conditions as a union of keys
SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE c.city = 'Oslo' OR o.total > 100
-- is:
SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE c.city = 'Oslo' UNION SELECT o.id FROM orders AS o WHERE o.total > 100 AND o.customer_id IS NOT NULL
-- because: each order joins one customer at most, so ids do not repeat, and UNION drops what both give

-- pair: each pair once
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.city = b.city AND a.id < b.id
-- is:
SELECT a.id AS one, b.id AS two FROM customers AS b JOIN customers AS a ON b.city = a.city WHERE b.id > a.id
-- because: only the sides of the join are written the other way round

-- pair: a self join on the key
SELECT a.id, b.total FROM orders AS a JOIN orders AS b ON b.id = a.id WHERE a.status = 'open'
-- is:
SELECT id, total FROM orders WHERE status = 'open'
-- because: the key matches each row with itself alone

-- pair: a self join on a nullable unique column
SELECT a.id FROM customers AS a JOIN customers AS b ON b.email = a.email
-- is:
SELECT id FROM customers WHERE email IS NOT NULL
-- because: an email that is no NULL belongs to one row alone, and NULL equals nothing

-- pair: join with a row of totals and a scalar subquery
SELECT o.id FROM orders AS o CROSS JOIN (SELECT MAX(total) AS top FROM orders) AS m WHERE o.total = m.top
-- is:
SELECT id FROM orders WHERE total = (SELECT MAX(total) FROM orders)
-- because: the derived table has exactly one row

-- pair: totals before the join
SELECT c.name, SUM(o.total) AS spent FROM customers AS c JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id, c.name
-- is:
SELECT c.name, o.spent FROM customers AS c JOIN (SELECT customer_id, SUM(total) AS spent FROM orders GROUP BY customer_id) AS o ON o.customer_id = c.id
-- because: c.id is the key, so the groups of the join are the groups of customer_id

-- pair: totals of items before two joins
SELECT o.id, o.status, COUNT(*) AS n FROM orders AS o JOIN items AS i ON i.order_id = o.id JOIN payments AS p ON p.order_id = o.id GROUP BY o.id, o.status
-- is:
SELECT o.id, o.status, i.n FROM orders AS o JOIN (SELECT order_id, COUNT(*) AS n FROM items GROUP BY order_id) AS i ON i.order_id = o.id WHERE EXISTS (SELECT 1 FROM payments AS p WHERE p.order_id = o.id)
-- because: an order has one payment at most, so joining it multiplies nothing

-- pair: a product with a table of one row
SELECT o.id, n.one FROM orders AS o CROSS JOIN (SELECT 1 AS one) AS n
-- is:
SELECT id, 1 AS one FROM orders
-- because: a product with one row keeps the rows

-- pair: an inequality join counted
SELECT a.id, COUNT(*) AS place FROM orders AS a JOIN orders AS b ON b.id <= a.id GROUP BY a.id
-- is:
SELECT a.id, (SELECT COUNT(*) FROM orders AS b WHERE b.id < a.id) + 1 AS place FROM orders AS a
-- because: of the ids up to its own, one is the row itself

-- pair: joining through the middle table that a key makes needless
SELECT i.line_no, p.paid_on FROM items AS i JOIN orders AS o ON o.id = i.order_id JOIN payments AS p ON p.order_id = o.id
-- is:
SELECT i.line_no, p.paid_on FROM items AS i JOIN payments AS p ON p.order_id = i.order_id
-- because: every item's order exists once

-- pair: a self join on the composite key
SELECT i.order_id, i.line_no FROM items AS i JOIN items AS j ON i.order_id = j.order_id AND i.line_no = j.line_no
-- is:
SELECT order_id, line_no FROM items
-- because: both columns are the key and NOT NULL: each row meets itself

-- schema: hr
-- pair: a range condition on both sides of a join key
SELECT e.name, d.name AS department FROM employees AS e JOIN departments AS d ON d.id = e.department_id WHERE d.id BETWEEN 3 AND 5
-- is:
SELECT e.name, d.name AS department FROM employees AS e JOIN departments AS d ON d.id = e.department_id WHERE e.department_id >= 3 AND e.department_id <= 5
-- because: the joined columns are equal integers

-- pair: a join on two conditions and an intersection of lists
SELECT e.id FROM employees AS e JOIN assignments AS a ON a.employee_id = e.id JOIN projects AS p ON p.id = a.project_id WHERE p.department_id = e.department_id AND a.project_id = 3
-- is:
SELECT a.employee_id AS id FROM assignments AS a JOIN projects AS p ON p.id = a.project_id AND p.id = 3 JOIN employees AS e ON e.id = a.employee_id AND e.department_id = p.department_id
-- because: the same equalities in another order, and a.employee_id equals e.id

-- pair: who earns more than the manager
SELECT e.id FROM employees AS e JOIN employees AS m ON m.id = e.manager_id WHERE e.salary > m.salary
-- is:
SELECT e.id FROM employees AS e WHERE e.salary > (SELECT m.salary FROM employees AS m WHERE m.id = e.manager_id)
-- because: at most one manager is found, and without one the comparison is unknown
