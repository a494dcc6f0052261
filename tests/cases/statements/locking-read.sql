-- case: all that fit
SELECT id FROM orders WHERE status = 'new' FOR UPDATE
-- found

-- case: shared
SELECT id FROM orders WHERE status = 'new' FOR SHARE
-- found

-- case: by the primary key
SELECT id FROM orders WHERE id = 7 FOR UPDATE

-- case: a few
SELECT id FROM orders WHERE status = 'new' ORDER BY id LIMIT 10 FOR UPDATE

-- case: passing by what is locked
SELECT id FROM orders WHERE status = 'new' FOR UPDATE SKIP LOCKED

-- case: no lock
SELECT id FROM orders WHERE status = 'new'
