-- case: Y
SELECT id FROM orders WHERE status = 'Y'
-- found

-- case: not true
SELECT id FROM orders WHERE coupon <> 'true'
-- found

-- case: another value
SELECT id FROM orders WHERE status = 'new'

-- case: no text
SELECT id FROM products WHERE stock = 't'

-- case: an unknown column
SELECT id FROM elsewhere WHERE active = 'Y'

-- case: spelled otherwise
SELECT id FROM orders WHERE status IN ('Y', 'yes')
-- never: yes is another text
SELECT id FROM orders WHERE status = 'Y'
