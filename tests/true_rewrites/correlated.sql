-- schema: shop
-- pair: the latest order of each customer, decorrelated
SELECT o.id FROM orders AS o WHERE o.placed = (SELECT MAX(i.placed) FROM orders AS i WHERE i.customer_id = o.customer_id)
-- is:
SELECT o.id FROM orders AS o JOIN (SELECT customer_id, MAX(placed) AS latest FROM orders GROUP BY customer_id) AS m ON m.customer_id = o.customer_id AND m.latest = o.placed
-- because: each customer has one maximum; a NULL customer meets nothing in either

-- pair: the latest order by no later one
SELECT o.id FROM orders AS o WHERE o.customer_id IS NOT NULL AND o.placed = (SELECT MAX(i.placed) FROM orders AS i WHERE i.customer_id = o.customer_id)
-- is:
SELECT o.id FROM orders AS o LEFT JOIN orders AS later ON later.customer_id = o.customer_id AND later.placed > o.placed WHERE later.id IS NULL AND o.customer_id IS NOT NULL
-- because: placed is never NULL: the maximum is where no later one exists

-- pair: a correlated count in the output
SELECT o.id, (SELECT COUNT(*) FROM items AS i WHERE i.order_id = o.id AND i.quantity > 2) AS n FROM orders AS o
-- is:
SELECT o.id, COALESCE(g.n, 0) AS n FROM orders AS o LEFT JOIN (SELECT order_id, COUNT(*) AS n FROM items WHERE quantity > 2 GROUP BY order_id) AS g ON g.order_id = o.id
-- because: an order without such items has no group, which is counted as 0

-- pair: a correlated sum compared
SELECT o.id FROM orders AS o WHERE (SELECT SUM(i.quantity) FROM items AS i WHERE i.order_id = o.id) > 10
-- is:
SELECT o.id FROM orders AS o JOIN (SELECT order_id FROM items GROUP BY order_id HAVING SUM(quantity) > 10) AS g ON g.order_id = o.id
-- because: the sum of nothing is NULL and is not above 10

-- pair: a correlated count compared with zero or less than two
SELECT c.id FROM customers AS c WHERE (SELECT COUNT(*) FROM orders AS o WHERE o.customer_id = c.id) < 2
-- is:
SELECT c.id FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id HAVING COUNT(o.id) < 2
-- because: the left join keeps the customers whose count is 0

-- pair: two scalar subqueries of one table
SELECT c.id, (SELECT MIN(o.placed) FROM orders AS o WHERE o.customer_id = c.id) AS a, (SELECT MAX(o.placed) FROM orders AS o WHERE o.customer_id = c.id) AS b FROM customers AS c
-- is:
SELECT c.id, MIN(o.placed) AS a, MAX(o.placed) AS b FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id
-- because: both subqueries read the same orders; no order gives NULL

-- pair: a scalar subquery that does not depend on the row
SELECT id FROM orders WHERE total > (SELECT MIN(price) FROM products)
-- is:
SELECT o.id FROM orders AS o JOIN (SELECT MIN(price) AS least FROM products) AS m ON o.total > m.least
-- because: the derived table has one row

-- pair: a scalar subquery by a unique column in WHERE
SELECT i.line_no FROM items AS i WHERE (SELECT p.stock FROM products AS p WHERE p.id = i.product_id) > 5
-- is:
SELECT i.line_no FROM items AS i JOIN products AS p ON p.id = i.product_id WHERE p.stock > 5
-- because: one product for each item

-- pair: not the latest
SELECT o.id FROM orders AS o WHERE EXISTS (SELECT 1 FROM orders AS p WHERE p.customer_id = o.customer_id AND p.placed > o.placed)
-- is:
SELECT o.id FROM orders AS o WHERE o.placed < (SELECT MAX(p.placed) FROM orders AS p WHERE p.customer_id = o.customer_id)
-- because: there is a later one where the latest is later

-- pair: two levels of correlation
SELECT c.id FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND EXISTS (SELECT 1 FROM items AS i WHERE i.order_id = o.id AND i.discount > 10))
-- is:
SELECT c.id FROM customers AS c WHERE c.id IN (SELECT o.customer_id FROM orders AS o JOIN items AS i ON i.order_id = o.id WHERE i.discount > 10)
-- because: IN does not count how often a customer is found

-- pair: items above the average of their product
-- dialects: sqlite postgres duckdb
SELECT i.order_id, i.line_no FROM items AS i WHERE i.quantity > (SELECT AVG(j.quantity) FROM items AS j WHERE j.product_id = i.product_id)
-- is:
SELECT i.order_id, i.line_no FROM items AS i JOIN (SELECT product_id, AVG(quantity) AS a FROM items GROUP BY product_id) AS m ON m.product_id = i.product_id WHERE i.quantity > m.a
-- because: product_id is never NULL: the group of the item's own product is always there

-- pair: a NOT IN that depends on the row
SELECT o.id FROM orders AS o WHERE 3 NOT IN (SELECT i.product_id FROM items AS i WHERE i.order_id = o.id)
-- is:
SELECT o.id FROM orders AS o LEFT JOIN (SELECT DISTINCT order_id FROM items WHERE product_id = 3) AS x ON x.order_id = o.id WHERE x.order_id IS NULL
-- because: product_id is never NULL, and an order without items passes both

-- schema: hr
-- pair: the highest paid of each department with NULL departments left out
SELECT e.id FROM employees AS e WHERE e.salary >= (SELECT MAX(o.salary) FROM employees AS o WHERE o.department_id = e.department_id)
-- is:
SELECT e.id FROM employees AS e WHERE e.department_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM employees AS o WHERE o.department_id = e.department_id AND o.salary > e.salary)
-- because: without a department the maximum is NULL and drops the row

-- pair: departments whose budget covers their salaries
SELECT d.id FROM departments AS d WHERE d.budget >= (SELECT COALESCE(SUM(e.salary), 0) FROM employees AS e WHERE e.department_id = d.id)
-- is:
SELECT d.id FROM departments AS d LEFT JOIN employees AS e ON e.department_id = d.id GROUP BY d.id, d.budget HAVING d.budget >= COALESCE(SUM(e.salary), 0)
-- because: a department without employees has the sum NULL, which becomes 0, in both

-- schema: ledger
-- pair: the newest entry of each account
SELECT e.bank, e.account_no, e.amount FROM entries AS e WHERE e.seq = (SELECT MAX(x.seq) FROM entries AS x WHERE x.bank = e.bank AND x.account_no = e.account_no)
-- is:
SELECT bank, account_no, amount FROM (SELECT bank, account_no, amount, ROW_NUMBER() OVER (PARTITION BY bank, account_no ORDER BY seq DESC) AS place FROM entries) AS r WHERE place = 1
-- because: seq does not tie in an account, and no column of the key is NULL
