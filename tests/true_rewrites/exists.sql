-- schema: shop
-- pair: EXISTS as a join that is made distinct by the key
SELECT c.id, c.name FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND o.total > 100)
-- is:
SELECT DISTINCT c.id, c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id WHERE o.total > 100
-- because: the key is selected, so DISTINCT removes exactly what the join repeated

-- pair: IN as a join with a distinct list
SELECT c.name FROM customers AS c WHERE c.id IN (SELECT customer_id FROM orders WHERE status = 'open')
-- is:
SELECT c.name FROM customers AS c JOIN (SELECT DISTINCT customer_id FROM orders WHERE status = 'open') AS o ON o.customer_id = c.id
-- because: each customer meets its id once in the distinct list

-- pair: IN as a join with groups
SELECT c.name FROM customers AS c WHERE c.id IN (SELECT customer_id FROM orders)
-- is:
SELECT c.name FROM customers AS c JOIN (SELECT customer_id FROM orders GROUP BY customer_id) AS o ON o.customer_id = c.id
-- because: groups by one column are its distinct values

-- pair: EXISTS on a unique column as a plain join
SELECT o.id, o.total FROM orders AS o WHERE EXISTS (SELECT 1 FROM payments AS p WHERE p.order_id = o.id)
-- is:
SELECT o.id, o.total FROM orders AS o JOIN payments AS p ON p.order_id = o.id
-- because: payments.order_id is unique, so the join repeats nothing

-- pair: a join that only filters, on the primary key
SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE c.city = 'Oslo'
-- is:
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE city = 'Oslo')
-- because: an order has one customer at most

-- pair: EXISTS and a count above zero
SELECT id FROM products AS p WHERE (SELECT COUNT(*) FROM items AS i WHERE i.product_id = p.id) > 0
-- is:
SELECT id FROM products AS p WHERE EXISTS (SELECT 1 FROM items AS i WHERE i.product_id = p.id)
-- because: a count is above zero where a row exists

-- pair: NOT EXISTS and a count of zero
SELECT id FROM products AS p WHERE 0 = (SELECT COUNT(*) FROM items AS i WHERE i.product_id = p.id AND i.quantity > 3)
-- is:
SELECT id FROM products AS p WHERE NOT EXISTS (SELECT 1 FROM items AS i WHERE i.product_id = p.id AND i.quantity > 3)
-- because: a count is zero where no row exists

-- pair: a count that is at least two as a self join of keys
SELECT id FROM orders AS o WHERE (SELECT COUNT(*) FROM items AS i WHERE i.order_id = o.id) >= 2
-- is:
SELECT id FROM orders AS o WHERE EXISTS (SELECT 1 FROM items AS i JOIN items AS j ON j.order_id = i.order_id AND j.line_no <> i.line_no WHERE i.order_id = o.id)
-- because: line_no tells the items of one order apart

-- pair: IN and EXISTS with a correlated condition
SELECT o.id FROM orders AS o WHERE o.id IN (SELECT i.order_id FROM items AS i WHERE i.quantity > 5)
-- is:
SELECT o.id FROM orders AS o WHERE EXISTS (SELECT 1 FROM items AS i WHERE i.order_id = o.id AND i.quantity > 5)
-- because: neither side is NULL

-- pair: what EXISTS selects is of no account
SELECT o.id FROM orders AS o WHERE EXISTS (SELECT i.quantity FROM items AS i WHERE i.order_id = o.id)
-- is:
SELECT o.id FROM orders AS o WHERE EXISTS (SELECT DISTINCT NULL FROM items AS i WHERE i.order_id = o.id)
-- because: EXISTS asks for a row, whatever it holds

-- pair: two EXISTS under OR as one
SELECT c.id FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND o.status = 'open') OR EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND o.total > 50)
-- is:
SELECT c.id FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND (o.status = 'open' OR o.total > 50))
-- because: there is an order of one kind or of the other where there is one of either kind

-- pair: EXISTS under OR as a union of keys
SELECT c.id FROM customers AS c WHERE c.city = 'Oslo' OR EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)
-- is:
SELECT id FROM customers WHERE city = 'Oslo' UNION SELECT customer_id FROM orders WHERE customer_id IS NOT NULL
-- because: ids are a key, every customer_id is one of them, and UNION makes them distinct

-- pair: EXISTS as INTERSECT of keys
SELECT id FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)
-- is:
SELECT id FROM customers INTERSECT SELECT customer_id FROM orders
-- because: ids do not repeat and are not NULL

-- pair: NOT EXISTS as EXCEPT of keys
SELECT id FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)
-- is:
SELECT id FROM customers EXCEPT SELECT customer_id FROM orders
-- because: ids do not repeat; a NULL on the right removes no id

-- pair: EXISTS by a group with HAVING
SELECT c.id FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id GROUP BY o.customer_id HAVING COUNT(*) > 1)
-- is:
SELECT c.id FROM customers AS c WHERE (SELECT COUNT(*) FROM orders AS o WHERE o.customer_id = c.id) > 1
-- because: the orders of one customer are one group, or none

-- pair: NOT EXISTS inside NOT EXISTS and a count of all
SELECT o.id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM products AS p WHERE p.stock > 10 AND NOT EXISTS (SELECT 1 FROM items AS i WHERE i.order_id = o.id AND i.product_id = p.id))
-- is:
SELECT o.id FROM orders AS o WHERE (SELECT COUNT(DISTINCT i.product_id) FROM items AS i JOIN products AS p ON p.id = i.product_id WHERE i.order_id = o.id AND p.stock > 10) = (SELECT COUNT(*) FROM products WHERE stock > 10)
-- because: an order holds all of them exactly where it holds as many distinct ones as there are

-- pair: = ANY and IN
-- dialects: postgres duckdb mysql
SELECT id FROM orders WHERE customer_id = ANY (SELECT id FROM customers WHERE active)
-- is:
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE active)
-- because: IN is defined as = ANY

-- pair: <> ALL and NOT IN
-- dialects: postgres duckdb mysql
SELECT id FROM products WHERE id <> ALL (SELECT product_id FROM items)
-- is:
SELECT id FROM products WHERE id NOT IN (SELECT product_id FROM items)
-- because: NOT IN is defined as <> ALL

-- pair: >= ALL and no greater one
-- dialects: postgres duckdb mysql
SELECT id FROM orders WHERE total >= ALL (SELECT total FROM orders)
-- is:
SELECT id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM orders AS p WHERE p.total > o.total)
-- because: totals are never NULL

-- pair: > ANY and above the least
-- dialects: postgres duckdb mysql
SELECT id FROM orders WHERE total > ANY (SELECT price FROM products)
-- is:
SELECT id FROM orders WHERE total > (SELECT MIN(price) FROM products)
-- because: some price is below it where the least one is; no price makes both not true

-- schema: hr
-- pair: a semi join that meets a filter on a parent
SELECT e.id FROM employees AS e WHERE e.department_id IN (SELECT p.department_id FROM projects AS p) AND EXISTS (SELECT 1 FROM departments AS d WHERE d.id = e.department_id AND d.budget > 10)
-- is:
SELECT e.id FROM employees AS e JOIN departments AS d ON d.id = e.department_id WHERE d.budget > 10 AND EXISTS (SELECT 1 FROM projects AS p WHERE p.department_id = d.id)
-- because: the one department is joined by its key

-- pair: employees without a project of their department
SELECT e.id FROM employees AS e WHERE NOT EXISTS (SELECT 1 FROM assignments AS a JOIN projects AS p ON p.id = a.project_id WHERE a.employee_id = e.id AND p.department_id = e.department_id)
-- is:
SELECT e.id FROM employees AS e LEFT JOIN (SELECT DISTINCT a.employee_id, p.department_id FROM assignments AS a JOIN projects AS p ON p.id = a.project_id) AS own ON own.employee_id = e.id AND own.department_id = e.department_id WHERE own.employee_id IS NULL
-- because: the distinct list is met once at most, and its employee_id is never NULL when met

-- pair: managers by IN and by EXISTS
SELECT name FROM employees WHERE id IN (SELECT manager_id FROM employees)
-- is:
SELECT m.name FROM employees AS m WHERE EXISTS (SELECT 1 FROM employees AS e WHERE e.manager_id = m.id)
-- because: IN passes over the NULLs of its list when it asks for true

-- pair: managers by a distinct join
SELECT m.id, m.name FROM employees AS m WHERE EXISTS (SELECT 1 FROM employees AS e WHERE e.manager_id = m.id AND e.grade > 3)
-- is:
SELECT m.id, m.name FROM employees AS e JOIN employees AS m ON m.id = e.manager_id WHERE e.grade > 3 GROUP BY m.id, m.name
-- because: grouping by the key leaves each manager once

-- schema: ledger
-- pair: a row in a list of pairs and EXISTS
SELECT a.owner FROM accounts AS a WHERE (a.bank, a.account_no) IN (SELECT e.bank, e.account_no FROM entries AS e WHERE e.amount > 100)
-- is:
SELECT a.owner FROM accounts AS a WHERE EXISTS (SELECT 1 FROM entries AS e WHERE e.bank = a.bank AND e.account_no = a.account_no AND e.amount > 100)
-- because: rows are equal when both columns are, and none of them is NULL

-- pair: a whole-key join that only filters
SELECT a.owner FROM accounts AS a JOIN holds AS h ON h.bank = a.bank AND h.account_no = a.account_no WHERE h.amount > 5
-- is:
SELECT a.owner FROM accounts AS a WHERE EXISTS (SELECT 1 FROM holds AS h WHERE h.bank = a.bank AND h.account_no = a.account_no AND h.amount > 5)
-- because: one hold at most for an account

-- pair: accounts without entries by a pair
SELECT bank, account_no FROM accounts AS a WHERE NOT EXISTS (SELECT 1 FROM entries AS e WHERE e.bank = a.bank AND e.account_no = a.account_no)
-- is:
SELECT bank, account_no FROM accounts EXCEPT SELECT bank, account_no FROM entries
-- because: the pair is the key, so EXCEPT removes no repeated row
