-- case: the newest build of each branch of one project
SELECT status FROM builds WHERE id IN (SELECT MAX(b.id) FROM builds b WHERE b.project_id = 7 GROUP BY b.branch)
-- schema: tracker
-- becomes:
SELECT status FROM builds WHERE id IN (SELECT MAX(b.id) FROM builds b WHERE b.project_id = 7 GROUP BY b.branch) AND builds.project_id = 7

-- case: through a key
SELECT amount FROM payments p WHERE p.id IN (SELECT MIN(q.id) FROM payments q WHERE q.id > 90 GROUP BY q.method)
-- becomes:
SELECT amount FROM payments p WHERE p.id IN (SELECT MIN(q.id) FROM payments q WHERE q.id > 90 GROUP BY q.method) AND p.id > 90

-- case: it is there already
SELECT status FROM builds b WHERE b.project_id = 7 AND b.id IN (SELECT MAX(c.id) FROM builds c WHERE c.project_id = 7 GROUP BY c.branch)
-- schema: tracker

-- case: no index begins with it
SELECT status FROM builds b WHERE b.id IN (SELECT MAX(c.id) FROM builds c WHERE c.status = 'ok' GROUP BY c.branch)
-- schema: tracker

-- case: not the key of the table
SELECT status FROM builds b WHERE b.project_id IN (SELECT MAX(c.project_id) FROM builds c WHERE c.project_id < 9 GROUP BY c.branch)
-- schema: tracker

-- case: the key of another table
SELECT p.name FROM projects p WHERE p.id IN (SELECT MAX(b.id) FROM builds b WHERE b.project_id = 3 GROUP BY b.branch)
-- schema: tracker
-- never: a project's own number is no build's project
SELECT p.name FROM projects p WHERE p.id = 3 AND p.id IN (SELECT MAX(b.id) FROM builds b WHERE b.project_id = 3 GROUP BY b.branch)
