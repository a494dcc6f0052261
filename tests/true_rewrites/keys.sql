-- schema: shop
-- pair: a mandatory parent
SELECT i.line_no FROM items AS i JOIN orders AS o ON o.id = i.order_id
-- is:
SELECT line_no FROM items
-- because: order_id is NOT NULL and refers to the key of orders

-- pair: an optional parent
SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id
-- is:
SELECT id FROM orders WHERE customer_id IS NOT NULL
-- because: a customer_id that is no NULL is found exactly once

-- pair: EXISTS of a mandatory parent
SELECT order_id, line_no FROM items AS i WHERE EXISTS (SELECT 1 FROM products AS p WHERE p.id = i.product_id)
-- is:
SELECT order_id, line_no FROM items
-- because: the product is always there

-- pair: IN of all parents
SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers)
-- is:
SELECT id FROM orders WHERE customer_id IS NOT NULL
-- because: the foreign key says so

-- pair: the parent's key is the child's column
SELECT o.id, i.line_no FROM items AS i JOIN orders AS o ON o.id = i.order_id
-- is:
SELECT order_id AS id, line_no FROM items
-- because: the joined key equals the column that refers to it

-- pair: a chain of parents
SELECT i.order_id, i.line_no FROM items AS i JOIN orders AS o ON o.id = i.order_id JOIN customers AS c ON c.id = o.customer_id
-- is:
SELECT i.order_id, i.line_no FROM items AS i JOIN orders AS o ON o.id = i.order_id WHERE o.customer_id IS NOT NULL
-- because: the last parent is found where the reference is no NULL

-- pair: parents without children, from either side
SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM items)
-- is:
SELECT id FROM orders EXCEPT SELECT order_id FROM items
-- because: ids are a key and order_id is never NULL

-- pair: a count of children's parents
SELECT COUNT(DISTINCT o.id) AS n FROM orders AS o JOIN items AS i ON i.order_id = o.id
-- is:
SELECT COUNT(DISTINCT order_id) AS n FROM items
-- because: every item's order exists

-- pair: two children by one parent that nothing else reads
SELECT i.line_no, p.amount FROM orders AS o JOIN items AS i ON i.order_id = o.id LEFT JOIN payments AS p ON p.order_id = o.id
-- is:
SELECT i.line_no, p.amount FROM items AS i LEFT JOIN payments AS p ON p.order_id = i.order_id
-- because: o.id is i.order_id in every joined row

-- pair: a unique column decides the row
SELECT a.id AS one, b.id AS two FROM customers AS a JOIN customers AS b ON a.email = b.email
-- is:
SELECT id AS one, id AS two FROM customers WHERE email IS NOT NULL
-- because: two rows with one email are the same row

-- pair: a unique column grouped
SELECT code, MAX(price) AS p, COUNT(*) AS n FROM products GROUP BY code
-- is:
SELECT code, price AS p, 1 AS n FROM products
-- because: each code is there once

-- pair: no pair of different rows shares a unique column
SELECT COUNT(*) AS n FROM products AS a JOIN products AS b ON a.code = b.code WHERE a.stock >= 0
-- is:
SELECT COUNT(*) AS n FROM products
-- because: each product meets itself alone, and stock is checked to be 0 or more

-- pair: a child's foreign key through a filter on the parent's key
SELECT i.line_no FROM items AS i JOIN orders AS o ON o.id = i.order_id WHERE o.id IN (3, 5)
-- is:
SELECT line_no FROM items WHERE order_id IN (3, 5)
-- because: the parent always exists and its key equals the column

-- pair: one-to-one sums
SELECT SUM(p.amount) AS s FROM payments AS p JOIN orders AS o ON o.id = p.order_id
-- is:
SELECT SUM(amount) AS s FROM payments
-- because: each payment has its one order

-- schema: ledger
-- pair: a composite mandatory parent
SELECT e.seq, e.amount FROM entries AS e JOIN accounts AS a ON a.bank = e.bank AND a.account_no = e.account_no
-- is:
SELECT seq, amount FROM entries
-- because: both columns are NOT NULL and together refer to the key

-- pair: a composite optional parent
SELECT e.seq, e.amount FROM entries AS e JOIN accounts AS a ON a.bank = e.contra_bank AND a.account_no = e.contra_no
-- is:
SELECT seq, amount FROM entries WHERE contra_bank IS NOT NULL AND contra_no IS NOT NULL
-- because: a reference with a NULL in it meets nothing, and without one its account exists

-- pair: a composite one-to-one counted
SELECT COUNT(*) AS n FROM holds AS h JOIN accounts AS a ON a.bank = h.bank AND a.account_no = h.account_no
-- is:
SELECT COUNT(*) AS n FROM holds
-- because: each hold has its account, once

-- pair: the parts of a composite key beside each other
SELECT DISTINCT bank, account_no, kind FROM accounts
-- is:
SELECT bank, account_no, kind FROM accounts
-- because: the whole key is selected

-- schema: hr
-- pair: a bridge between two parents
SELECT a.employee_id, a.project_id FROM assignments AS a JOIN employees AS e ON e.id = a.employee_id JOIN projects AS p ON p.id = a.project_id
-- is:
SELECT employee_id, project_id FROM assignments
-- because: both parents are mandatory

-- pair: a tree's parents
SELECT e.id FROM employees AS e JOIN employees AS m ON m.id = e.manager_id
-- is:
SELECT id FROM employees WHERE manager_id IS NOT NULL
-- because: a manager_id that is no NULL is an employee's id

-- pair: two references to one parent
SELECT p.id FROM projects AS p JOIN departments AS d ON d.id = p.department_id JOIN departments AS again ON again.id = p.department_id
-- is:
SELECT id FROM projects
-- because: both joins find the one department

-- schema: shop
-- pair: a NULL that a mandatory reference can never be
SELECT i.line_no FROM items AS i JOIN orders AS o ON o.id = i.order_id WHERE o.id IS NULL OR i.line_no > 2
-- is:
SELECT line_no FROM items WHERE line_no > 2
-- because: the key is never NULL, and each item's order exists once

-- pair: every case of a mandatory parent's key
SELECT i.line_no FROM items AS i LEFT JOIN orders AS o ON o.id = i.order_id WHERE i.order_id IS NULL OR o.id > 0 OR o.id <= 0
-- is:
SELECT line_no FROM items
-- because: the order is always found, and its key is above 0 or not
