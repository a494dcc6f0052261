-- schema: shop
-- pair: COUNT(*) and COUNT of a NOT NULL column
SELECT COUNT(*) AS n FROM orders
-- is:
SELECT COUNT(total) AS n FROM orders
-- because: total is never NULL

-- pair: COUNT(DISTINCT key)
SELECT COUNT(DISTINCT id) AS n FROM orders WHERE total > 5
-- is:
SELECT COUNT(*) AS n FROM orders WHERE total > 5
-- because: ids neither repeat nor are NULL

-- pair: COUNT(DISTINCT) over a subquery
SELECT COUNT(DISTINCT customer_id) AS n FROM orders
-- is:
SELECT COUNT(*) AS n FROM (SELECT DISTINCT customer_id FROM orders WHERE customer_id IS NOT NULL) AS d
-- because: COUNT(DISTINCT) passes over NULL, DISTINCT does not

-- pair: the count of a distinct unique column
SELECT COUNT(DISTINCT email) AS n FROM customers
-- is:
SELECT COUNT(email) AS n FROM customers
-- because: emails that are not NULL do not repeat

-- pair: FILTER and CASE in a count
-- dialects: sqlite postgres duckdb
SELECT customer_id, COUNT(*) FILTER (WHERE status = 'open') AS n FROM orders GROUP BY customer_id
-- is:
SELECT customer_id, COUNT(CASE WHEN status = 'open' THEN 1 END) AS n FROM orders GROUP BY customer_id
-- because: CASE without ELSE gives NULL, which COUNT passes over

-- pair: FILTER and CASE in a sum
-- dialects: sqlite postgres duckdb
SELECT customer_id, SUM(total) FILTER (WHERE status = 'open') AS s FROM orders GROUP BY customer_id
-- is:
SELECT customer_id, SUM(CASE WHEN status = 'open' THEN total END) AS s FROM orders GROUP BY customer_id
-- because: both sum the open totals and give NULL where a group has none

-- pair: the sum of zeros and ones in a group
SELECT customer_id, SUM(CASE WHEN total > 50 THEN 1 ELSE 0 END) AS n FROM orders GROUP BY customer_id
-- is:
SELECT customer_id, COUNT(CASE WHEN total > 50 THEN 1 END) AS n FROM orders GROUP BY customer_id
-- because: a group has at least one row, so the sum is never NULL

-- pair: the sum of a constant
-- dialects: sqlite postgres duckdb
SELECT status, SUM(3) AS s FROM orders GROUP BY status
-- is:
SELECT status, COUNT(*) * 3 AS s FROM orders GROUP BY status
-- because: a group has at least one row

-- pair: the sum of a sum
SELECT SUM(quantity) AS s FROM items
-- is:
SELECT SUM(part) AS s FROM (SELECT order_id, SUM(quantity) AS part FROM items GROUP BY order_id) AS p
-- because: groups split the rows, NULL parts add nothing, and integers add in any order

-- pair: the greatest of the greatest
SELECT MAX(total) AS m FROM orders
-- is:
SELECT MAX(part) AS m FROM (SELECT status, MAX(total) AS part FROM orders GROUP BY status) AS p
-- because: the maximum of all is the maximum of the groups' maxima

-- pair: the count of all as the sum of counts
SELECT COUNT(*) AS n FROM items
-- is:
SELECT COALESCE(SUM(part), 0) AS n FROM (SELECT COUNT(*) AS part FROM items GROUP BY product_id) AS p
-- because: groups split the rows; with none the sum is NULL and becomes 0

-- pair: an average as sum over count
-- dialects: sqlite postgres duckdb
SELECT order_id, AVG(quantity) AS a FROM items GROUP BY order_id
-- is:
SELECT order_id, SUM(quantity) * 1.0 / COUNT(quantity) AS a FROM items WHERE quantity IS NOT NULL GROUP BY order_id UNION ALL SELECT order_id, NULL FROM items GROUP BY order_id HAVING COUNT(quantity) = 0
-- because: the average passes over NULL, and a group of NULLs alone has none

-- pair: a least value by MIN and by a negated maximum
SELECT MIN(discount) AS m FROM items
-- is:
SELECT -MAX(-discount) AS m FROM items
-- because: negation turns the order of integers round

-- pair: DISTINCT inside MAX
SELECT MAX(DISTINCT total) AS m FROM orders
-- is:
SELECT MAX(total) AS m FROM orders
-- because: repeated values do not change a maximum

-- pair: a greatest value and NOT EXISTS
SELECT MAX(stock) AS m FROM products
-- is:
SELECT (SELECT DISTINCT p.stock FROM products AS p WHERE NOT EXISTS (SELECT 1 FROM products AS q WHERE q.stock > p.stock)) AS m
-- because: stock is never NULL; the value above which there is none is one value, or none at all

-- pair: an aggregate of a constant group
-- dialects: sqlite postgres duckdb
SELECT status, COUNT(*) AS n FROM orders WHERE status = 'open' GROUP BY status
-- is:
SELECT 'open' AS status, COUNT(*) AS n FROM orders WHERE status = 'open' HAVING COUNT(*) > 0
-- because: there is one group of open orders, or none

-- pair: a sum without the zero terms
SELECT order_id, SUM(discount) AS s FROM items GROUP BY order_id HAVING SUM(discount) > 0
-- is:
SELECT order_id, SUM(discount) AS s FROM items WHERE discount <> 0 GROUP BY order_id
-- because: discounts are 0 or more, so zeros add nothing and a group of zeros alone is dropped

-- pair: linear parts come out of a sum
SELECT order_id, SUM(quantity * 2) AS s FROM items GROUP BY order_id
-- is:
SELECT order_id, SUM(quantity) * 2 AS s FROM items GROUP BY order_id
-- because: multiplication distributes over the sum, and NULL stays NULL in both

-- pair: a sum of two columns
SELECT order_id, SUM(line_no + discount) AS s FROM items GROUP BY order_id
-- is:
SELECT order_id, SUM(line_no) + SUM(discount) AS s FROM items GROUP BY order_id
-- because: neither column is ever NULL

-- pair: whether any, by MAX of a CASE
SELECT customer_id, MAX(CASE WHEN status = 'open' THEN 1 ELSE 0 END) AS has_open FROM orders GROUP BY customer_id
-- is:
SELECT customer_id, CASE WHEN COUNT(CASE WHEN status = 'open' THEN 1 END) > 0 THEN 1 ELSE 0 END AS has_open FROM orders GROUP BY customer_id
-- because: the maximum is 1 where some order is open

-- pair: counts of two kinds in one pass
SELECT (SELECT COUNT(*) FROM orders WHERE status = 'open') AS opened, (SELECT COUNT(*) FROM orders WHERE status = 'paid') AS paid
-- is:
SELECT COUNT(CASE WHEN status = 'open' THEN 1 END) AS opened, COUNT(CASE WHEN status = 'paid' THEN 1 END) AS paid FROM orders
-- because: one row either way, and COUNT gives 0 for none

-- pair: a product's sum does not need its parent
SELECT SUM(i.quantity) AS s FROM items AS i JOIN products AS p ON p.id = i.product_id JOIN orders AS o ON o.id = i.order_id
-- is:
SELECT SUM(quantity) AS s FROM items
-- because: both parents exist once for each item

-- pair: boolean aggregates
-- dialects: postgres duckdb
SELECT city, BOOL_AND(active) AS every_one FROM customers GROUP BY city
-- is:
SELECT city, COUNT(CASE WHEN NOT active THEN 1 END) = 0 AS every_one FROM customers GROUP BY city
-- because: active is never NULL: all are active where none is not

-- schema: hr
-- pair: a ratio of counts in a group
SELECT department_id, COUNT(bonus) AS with_bonus, COUNT(*) AS everyone FROM employees GROUP BY department_id
-- is:
SELECT department_id, SUM(CASE WHEN bonus IS NULL THEN 0 ELSE 1 END) AS with_bonus, SUM(1) AS everyone FROM employees GROUP BY department_id
-- because: a group has at least one row

-- pair: a threshold on the smallest
SELECT department_id FROM employees GROUP BY department_id HAVING MIN(salary) > 1000
-- is:
SELECT department_id FROM employees GROUP BY department_id HAVING COUNT(CASE WHEN salary <= 1000 THEN 1 END) = 0
-- because: the least salary is above the bound where no salary is at or below it

-- pair: one value in a group
SELECT department_id FROM employees GROUP BY department_id HAVING COUNT(DISTINCT grade) = 1
-- is:
SELECT department_id FROM employees GROUP BY department_id HAVING MIN(grade) = MAX(grade)
-- because: grade is never NULL: least and greatest are equal where there is one value

-- pair: sums that a join would multiply, each by itself
SELECT d.id, (SELECT SUM(e.salary) FROM employees AS e WHERE e.department_id = d.id) AS pay, (SELECT COUNT(*) FROM projects AS p WHERE p.department_id = d.id) AS n FROM departments AS d
-- is:
SELECT d.id, e.pay, COALESCE(p.n, 0) AS n FROM departments AS d LEFT JOIN (SELECT department_id, SUM(salary) AS pay FROM employees GROUP BY department_id) AS e ON e.department_id = d.id LEFT JOIN (SELECT department_id, COUNT(*) AS n FROM projects GROUP BY department_id) AS p ON p.department_id = d.id
-- because: each side is grouped before it is joined, so nothing is multiplied

-- pair: sums and counts of groups add up
SELECT SUM(hours) AS total_hours, COUNT(*) AS n FROM assignments
-- is:
SELECT SUM(s) AS total_hours, COALESCE(SUM(n), 0) AS n FROM (SELECT project_id, SUM(hours) AS s, COUNT(*) AS n FROM assignments GROUP BY project_id) AS p
-- because: sums and counts of groups add up; with no row the count is 0
