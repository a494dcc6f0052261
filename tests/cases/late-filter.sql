-- case: the newest of each group, one group wanted
SELECT status FROM builds b WHERE b.project_id = 7 AND b.id IN (SELECT MAX(c.id) FROM builds c GROUP BY c.project_id, c.branch)
-- schema: tracker
-- becomes:
SELECT status FROM builds b WHERE b.project_id = 7 AND b.id IN (SELECT MAX(c.id) FROM builds c WHERE c.project_id = 7 GROUP BY c.project_id, c.branch)

-- case: a derived table joined on the key of its groups
SELECT o.id, t.n FROM orders o JOIN (SELECT l.order_id, SUM(l.quantity) AS n FROM order_lines l GROUP BY l.order_id) AS t ON t.order_id = o.id WHERE o.id IN (SELECT p.order_id FROM payments p WHERE p.amount > 50)
-- becomes:
SELECT o.id, t.n FROM orders o JOIN (SELECT l.order_id, SUM(l.quantity) AS n FROM order_lines l WHERE l.order_id IN (SELECT p.order_id FROM payments p WHERE p.amount > 50) GROUP BY l.order_id) AS t ON t.order_id = o.id WHERE o.id IN (SELECT p.order_id FROM payments p WHERE p.amount > 50)

-- case: a constant carried over by the join
SELECT o.id, t.n FROM orders o JOIN (SELECT l.order_id, SUM(l.quantity) AS n FROM order_lines l GROUP BY l.order_id) AS t ON t.order_id = o.id WHERE o.id > 100
-- becomes:
SELECT o.id, t.n FROM orders o JOIN (SELECT l.order_id, SUM(l.quantity) AS n FROM order_lines l WHERE l.order_id > 100 GROUP BY l.order_id) AS t ON t.order_id = o.id WHERE o.id > 100

-- case: the filtered column is no key of the groups
SELECT status FROM builds b WHERE b.status = 'ok' AND b.id IN (SELECT MAX(c.id) FROM builds c GROUP BY c.branch)
-- schema: tracker
-- never: the newest that is ok, not the newest if it is ok
SELECT status FROM builds b WHERE b.status = 'ok' AND b.id IN (SELECT MAX(c.id) FROM builds c WHERE c.status = 'ok' GROUP BY c.branch)

-- case: not joined on the key of the groups
SELECT o.id, t.n FROM orders o JOIN (SELECT l.product_id, COUNT(*) AS n FROM order_lines l GROUP BY l.product_id) AS t ON t.n = o.id WHERE o.id > 1

-- case: the derived table is outer-joined
SELECT o.id, t.n FROM orders o LEFT JOIN (SELECT l.order_id, SUM(l.quantity) AS n FROM order_lines l GROUP BY l.order_id) AS t ON t.order_id = o.id WHERE o.id > 100

-- case: inside already
SELECT status FROM builds b WHERE b.project_id = 7 AND b.id IN (SELECT MAX(c.id) FROM builds c WHERE c.project_id = 7 GROUP BY c.project_id)
-- schema: tracker
