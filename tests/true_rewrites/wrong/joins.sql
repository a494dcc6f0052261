-- schema: shop
-- pair: a semi join on half of a key
SELECT o.id FROM orders AS o WHERE EXISTS (SELECT 1 FROM items AS i WHERE i.order_id = o.id AND i.line_no > 1)
-- never:
SELECT o.id FROM orders AS o JOIN items AS i ON i.order_id = o.id WHERE i.line_no > 1
-- because: lines 2 and 3 of one order repeat it

-- pair: DISTINCT after the join drops equal parents too
SELECT c.name FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)
-- never:
SELECT DISTINCT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id
-- because: two customers of one name, each with an order, become one row

-- pair: a sum over a join that multiplies
SELECT o.customer_id, SUM(o.total) AS s FROM orders AS o WHERE EXISTS (SELECT 1 FROM items AS i WHERE i.order_id = o.id) GROUP BY o.customer_id
-- never:
SELECT o.customer_id, SUM(o.total) AS s FROM orders AS o JOIN items AS i ON i.order_id = o.id GROUP BY o.customer_id
-- because: an order with two items counts twice

-- pair: SUM(DISTINCT) repairs the multiplied sum
SELECT o.customer_id, SUM(o.total) AS s FROM orders AS o WHERE EXISTS (SELECT 1 FROM items AS i WHERE i.order_id = o.id) GROUP BY o.customer_id
-- never:
SELECT o.customer_id, SUM(DISTINCT o.total) AS s FROM orders AS o JOIN items AS i ON i.order_id = o.id GROUP BY o.customer_id
-- because: two orders of one customer with the same total count once

-- pair: two children joined at once
SELECT o.id, (SELECT COUNT(*) FROM items AS i WHERE i.order_id = o.id) AS n, (SELECT COUNT(*) FROM payments AS p WHERE p.order_id = o.id) AS m FROM orders AS o
-- never:
SELECT o.id, COUNT(i.line_no) AS n, COUNT(p.id) AS m FROM orders AS o LEFT JOIN items AS i ON i.order_id = o.id LEFT JOIN payments AS p ON p.order_id = o.id GROUP BY o.id
-- because: two items and one payment give two payments

-- pair: a condition of the second left join moves into the first
SELECT c.id, o.id AS placed_order, i.line_no FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id LEFT JOIN items AS i ON i.order_id = o.id AND o.status = 'open'
-- never:
SELECT c.id, o.id AS placed_order, i.line_no FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id AND o.status = 'open' LEFT JOIN items AS i ON i.order_id = o.id
-- because: a paid order is shown by the first and not by the second

-- pair: an inner join after a left join keeps its place
SELECT c.id, i.line_no FROM customers AS c LEFT JOIN (SELECT o.customer_id, i.line_no FROM orders AS o JOIN items AS i ON i.order_id = o.id) AS i ON i.customer_id = c.id
-- never:
SELECT c.id, i.line_no FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id LEFT JOIN items AS i ON i.order_id = o.id
-- because: a customer with two orders without items comes twice from the second

-- pair: the kept side's condition goes from ON to WHERE
SELECT c.id, o.id AS placed_order FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id AND c.city = 'Oslo'
-- never:
SELECT c.id, o.id AS placed_order FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id WHERE c.city = 'Oslo'
-- because: customers elsewhere are kept by the first, with NULL

-- pair: NULL or wanted in WHERE instead of ON
SELECT c.id FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id AND o.status = 'open'
-- never:
SELECT c.id FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id WHERE o.id IS NULL OR o.status = 'open'
-- because: a customer whose only order is paid is lost by the second

-- pair: RIGHT for LEFT without changing the sides
SELECT c.id, o.total FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id
-- never:
SELECT c.id, o.total FROM customers AS c RIGHT JOIN orders AS o ON o.customer_id = c.id
-- because: the second keeps orders without a customer instead

-- pair: the optional parent taken for a mandatory one
SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id
-- never:
SELECT id FROM orders
-- because: an order without customer is shown by the second

-- pair: the unused left join repeats
SELECT c.id FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id
-- never:
SELECT id FROM customers
-- because: a customer with two orders comes twice from the first

-- pair: a self join on a column that is unique only with another
SELECT i.order_id, i.quantity FROM items AS i JOIN items AS j ON j.order_id = i.order_id WHERE j.line_no = 1
-- never:
SELECT order_id, quantity FROM items WHERE line_no = 1
-- because: line 2 of an order that has a line 1 is in the first result

-- pair: pairs once and pairs with themselves
SELECT a.id AS one, b.id AS two FROM products AS a JOIN products AS b ON a.category = b.category AND a.id < b.id
-- never:
SELECT a.id AS one, b.id AS two FROM products AS a JOIN products AS b ON a.category = b.category AND a.id <= b.id
-- because: each product pairs with itself in the second

-- pair: USING the wrong shared name
SELECT o.id, p.amount FROM orders AS o JOIN payments AS p ON p.order_id = o.id
-- never:
SELECT o.id, p.amount FROM orders AS o JOIN payments AS p ON p.id = o.id
-- because: payment 1 of order 2 joins order 1 in the second

-- pair: an OR in a join condition as two joins united
SELECT a.id FROM customers AS a JOIN customers AS b ON b.id = a.referrer_id OR b.city = a.city
-- never:
SELECT a.id FROM customers AS a JOIN customers AS b ON b.id = a.referrer_id UNION ALL SELECT a.id FROM customers AS a JOIN customers AS b ON b.city = a.city
-- because: a referrer in the same city is counted by both branches

-- schema: ledger
-- pair: half of a composite key finds more
SELECT e.seq, a.owner FROM entries AS e JOIN accounts AS a ON a.bank = e.bank AND a.account_no = e.account_no
-- never:
SELECT e.seq, a.owner FROM entries AS e JOIN accounts AS a ON a.account_no = e.account_no
-- because: account 1 of two banks is found twice

-- pair: pairs in a list and two lists
SELECT a.owner FROM accounts AS a WHERE EXISTS (SELECT 1 FROM holds AS h WHERE h.bank = a.bank AND h.account_no = a.account_no)
-- never:
SELECT a.owner FROM accounts AS a WHERE a.bank IN (SELECT bank FROM holds) AND a.account_no IN (SELECT account_no FROM holds)
-- because: holds on (1, 1) and (2, 2) let (1, 2) through

-- pair: a composite reference with one half missing
SELECT e.seq FROM entries AS e JOIN accounts AS a ON a.bank = e.contra_bank AND a.account_no = e.contra_no
-- never:
SELECT seq FROM entries WHERE contra_bank IS NOT NULL OR contra_no IS NOT NULL
-- because: a reference with a bank and no number meets nothing

-- pair: DISTINCT of half a key
SELECT DISTINCT bank, kind FROM accounts
-- never:
SELECT bank, kind FROM accounts
-- because: two cash accounts of one bank
