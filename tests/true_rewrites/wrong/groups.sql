-- schema: shop
-- pair: HAVING on a count and WHERE on a row
SELECT customer_id FROM orders GROUP BY customer_id HAVING MIN(total) > 10
-- never:
SELECT customer_id FROM orders WHERE total > 10 GROUP BY customer_id
-- because: totals 5 and 20 of one customer pass the second alone

-- pair: an aggregate over no rows
SELECT COUNT(*) AS n FROM orders WHERE status = 'open'
-- never:
SELECT COUNT(*) AS n FROM orders WHERE status = 'open' GROUP BY status
-- because: without open orders the first says 0 and the second nothing

-- pair: one more key splits groups
SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id
-- never:
SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id, status
-- because: one open and one paid order of a customer

-- pair: the greatest of each group with the row of another
SELECT customer_id, MAX(total) AS m FROM orders GROUP BY customer_id
-- never:
SELECT customer_id, total AS m FROM orders AS o WHERE total = (SELECT MAX(i.total) FROM orders AS i WHERE i.customer_id = o.customer_id)
-- because: ties repeat in the second, and the group without customer is lost

-- pair: counts of distinct values add up
SELECT COUNT(DISTINCT status) AS n FROM orders
-- never:
SELECT SUM(n) AS n FROM (SELECT COUNT(DISTINCT status) AS n FROM orders GROUP BY customer_id) AS g
-- because: a status that two customers share counts twice

-- pair: COUNT(DISTINCT) with the NULLs
SELECT COUNT(DISTINCT customer_id) AS n FROM orders
-- never:
SELECT COUNT(*) AS n FROM (SELECT DISTINCT customer_id FROM orders) AS d
-- because: orders without customer count as one in the second

-- pair: a distinct pair and a distinct first
SELECT COUNT(*) AS n FROM (SELECT DISTINCT order_id, product_id FROM items) AS d
-- never:
SELECT COUNT(DISTINCT product_id) AS n FROM items
-- because: one product in two orders

-- pair: MAX pushed below a filter on its result
SELECT MAX(total) AS m FROM orders HAVING MAX(total) > 50
-- never:
SELECT MAX(total) AS m FROM orders WHERE total > 50
-- because: without a total above 50 the second still gives a row, NULL

-- pair: a filter moved above a window
SELECT id, n FROM (SELECT id, status, COUNT(*) OVER (PARTITION BY customer_id) AS n FROM orders) AS w WHERE status = 'open'
-- never:
SELECT id, COUNT(*) OVER (PARTITION BY customer_id) AS n FROM orders WHERE status = 'open'
-- because: a paid order of the customer counts in the first alone

-- pair: RANK and ROW_NUMBER
SELECT id FROM (SELECT id, RANK() OVER (ORDER BY total DESC) AS place FROM orders) AS r WHERE place <= 1
-- never:
SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY total DESC, id) AS place FROM orders) AS r WHERE place <= 1
-- because: two orders tie at the top

-- pair: RANK and DENSE_RANK
SELECT id FROM (SELECT id, RANK() OVER (ORDER BY total DESC) AS place FROM orders) AS r WHERE place <= 2
-- never:
SELECT id FROM (SELECT id, DENSE_RANK() OVER (ORDER BY total DESC) AS place FROM orders) AS r WHERE place <= 2
-- because: after two at the top the next one has rank 3 and dense rank 2

-- pair: ROWS and RANGE with ties
SELECT id, SUM(total) OVER (ORDER BY placed) AS s FROM orders
-- never:
SELECT id, SUM(total) OVER (ORDER BY placed, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s FROM orders
-- because: two orders of one day are summed together by the first

-- pair: LAST_VALUE without its frame
SELECT id, MAX(id) OVER (PARTITION BY status) AS m FROM orders
-- never:
SELECT id, LAST_VALUE(id) OVER (PARTITION BY status ORDER BY id) AS m FROM orders
-- because: the frame ends at the row itself, so LAST_VALUE is its own id

-- pair: the sum of the groups' averages
SELECT AVG(discount) AS a FROM items
-- never:
SELECT SUM(a) / COUNT(a) AS a FROM (SELECT AVG(discount) AS a FROM items GROUP BY order_id) AS g
-- because: orders with one and with two items weigh the same in the second

-- pair: the groups that a join made and the ones it lost
SELECT p.id, COUNT(i.order_id) AS n FROM products AS p LEFT JOIN items AS i ON i.product_id = p.id AND i.quantity > 1 GROUP BY p.id
-- never:
SELECT p.id, COUNT(i.order_id) AS n FROM products AS p LEFT JOIN items AS i ON i.product_id = p.id WHERE i.quantity > 1 OR i.quantity IS NULL GROUP BY p.id
-- because: a product of which only one piece was sold is lost by the second

-- schema: hr
-- pair: all in a list and any two
SELECT employee_id FROM assignments WHERE project_id IN (1, 2) GROUP BY employee_id HAVING COUNT(*) = 2
-- never:
SELECT employee_id FROM assignments WHERE project_id IN (1, 2) GROUP BY employee_id HAVING COUNT(*) >= 1
-- because: an employee in project 1 alone passes the second

-- pair: above the average of all and of the department
SELECT e.id FROM employees AS e WHERE e.salary > (SELECT AVG(o.salary) FROM employees AS o WHERE o.department_id = e.department_id)
-- never:
SELECT e.id FROM employees AS e WHERE e.salary > (SELECT AVG(o.salary) FROM employees AS o)
-- because: the best of a poor department is below the average of all
