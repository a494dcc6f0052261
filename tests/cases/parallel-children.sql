-- case: lines and payments of an order
SELECT o.id, COUNT(l.line), SUM(p.amount) FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN payments p ON p.order_id = o.id GROUP BY o.id
-- found
-- never: each payment once
SELECT o.id, COUNT(l.line), (SELECT SUM(p.amount) FROM payments p WHERE p.order_id = o.id) FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id

-- case: outer joins
SELECT p.name, COUNT(i.id), COUNT(b.id) FROM projects p LEFT JOIN issues i ON i.project_id = p.id LEFT JOIN builds b ON b.project_id = p.id GROUP BY p.name
-- schema: tracker
-- found

-- case: DISTINCT inside
SELECT p.name, COUNT(DISTINCT i.id), COUNT(DISTINCT b.id) FROM projects p JOIN issues i ON i.project_id = p.id JOIN builds b ON b.project_id = p.id GROUP BY p.name
-- schema: tracker
-- never: pairs, not issues
SELECT p.name, COUNT(i.id), COUNT(b.id) FROM projects p JOIN issues i ON i.project_id = p.id JOIN builds b ON b.project_id = p.id GROUP BY p.name

-- case: one of them is a single row
SELECT p.name, COUNT(i.id) FROM projects p JOIN issues i ON i.project_id = p.id JOIN members m ON m.project_id = p.id AND m.user_id = 5 GROUP BY p.name
-- schema: tracker

-- case: one after the other
SELECT c.name, SUM(l.quantity) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id GROUP BY c.name

-- case: tied to each other as well
SELECT p.name, COUNT(i.id) FROM projects p JOIN issues i ON i.project_id = p.id JOIN builds b ON b.project_id = p.id AND b.branch = i.state GROUP BY p.name
-- schema: tracker

-- case: nothing is counted
SELECT p.name, i.id, b.id FROM projects p JOIN issues i ON i.project_id = p.id JOIN builds b ON b.project_id = p.id
-- schema: tracker
