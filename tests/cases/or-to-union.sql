-- case: an indexed column, or a subquery
SELECT name FROM projects p WHERE p.visibility = 20 OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.user_id = 5)
-- schema: tracker
-- becomes:
SELECT name FROM projects p WHERE p.id IN (SELECT p.id FROM projects p WHERE p.visibility = 20 UNION ALL SELECT p.id FROM projects p WHERE EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.user_id = 5))

-- case: two indexed columns, beside another condition
SELECT COUNT(*) FROM projects WHERE name <> 'x' AND (owner_id = 3 OR visibility IN (10, 20))
-- schema: tracker
-- becomes:
SELECT COUNT(*) FROM projects WHERE name <> 'x' AND (projects.id IN (SELECT projects.id FROM projects WHERE owner_id = 3 UNION ALL SELECT projects.id FROM projects WHERE visibility IN (10, 20)))
-- never: what meets both is counted twice
SELECT COUNT(*) FROM (SELECT id FROM projects WHERE name <> 'x' AND owner_id = 3 UNION ALL SELECT id FROM projects WHERE name <> 'x' AND visibility IN (10, 20)) AS u

-- case: one column
SELECT name FROM projects WHERE owner_id = 3 OR owner_id = 5
-- schema: tracker

-- case: no index serves one of the two
SELECT name FROM projects WHERE owner_id = 3 OR name = 'x'
-- schema: tracker

-- case: two tables
SELECT i.id FROM issues i JOIN projects p ON p.id = i.project_id WHERE i.milestone_id = 3 OR p.owner_id = 5
-- schema: tracker

-- case: both are subqueries
SELECT name FROM projects p WHERE p.id IN (SELECT project_id FROM members) OR p.id IN (SELECT project_id FROM builds)
-- schema: tracker

-- case: no key of one column
SELECT quantity FROM order_lines WHERE product_id = 3 OR order_id IN (SELECT id FROM orders WHERE total > 9)

-- case: the rows are tied to an outer query
SELECT name FROM projects p WHERE EXISTS (SELECT 1 FROM issues i WHERE i.project_id = p.id OR i.milestone_id = p.owner_id)
-- schema: tracker
