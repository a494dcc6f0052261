-- case: the joined row meets the subquery
SELECT COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' AND c.id IN (SELECT p.customer_id FROM orders p WHERE p.status = 'new')
-- becomes:
SELECT COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new'

-- case: its own column, without conditions
SELECT id FROM orders WHERE customer_id IN (SELECT customer_id FROM orders)
-- becomes:
SELECT id FROM orders

-- case: a condition with a subquery of its own
SELECT i.id FROM issues i JOIN projects p ON p.id = i.project_id WHERE i.weight IN (3) AND EXISTS (SELECT 1 FROM members WHERE project_id = i.project_id) AND p.id IN (SELECT i.project_id FROM issues i WHERE i.weight = 3 AND EXISTS (SELECT 1 FROM members WHERE project_id = i.project_id))
-- schema: tracker
-- becomes:
SELECT i.id FROM issues i JOIN projects p ON p.id = i.project_id WHERE i.weight IN (3) AND EXISTS (SELECT 1 FROM members WHERE project_id = i.project_id)

-- case: the subquery asks for more
SELECT id FROM orders WHERE status = 'new' AND customer_id IN (SELECT o.customer_id FROM orders o WHERE o.status = 'paid')
-- never: customers without a paid order come in
SELECT id FROM orders WHERE status = 'new'

-- case: the value may be NULL
SELECT c.name FROM customers c WHERE c.referrer_id IN (SELECT r.referrer_id FROM customers r)
-- never: those without a referrer come in
SELECT c.name FROM customers c

-- case: under OR nothing is joined
SELECT id FROM orders WHERE status = 'new' OR customer_id IN (SELECT customer_id FROM orders)

-- case: another column
SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id IN (SELECT p.id FROM orders p)
