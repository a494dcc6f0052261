-- case: a number
SELECT id FROM products ORDER BY CAST(stock AS TEXT), id
-- found
-- never: as a number
SELECT id FROM products ORDER BY stock, id

-- case: the greatest
SELECT MAX(CAST(id AS VARCHAR)) FROM orders
-- found
-- never: as a number
SELECT CAST(MAX(id) AS VARCHAR) FROM orders

-- case: only shown as a text
SELECT CAST(stock AS TEXT) AS stock FROM products ORDER BY id

-- case: a text
SELECT id FROM orders ORDER BY CAST(coupon AS TEXT), id

-- case: a day before its month
SELECT id FROM orders ORDER BY TO_CHAR(placed, 'DD.MM.YYYY'), id
-- dialect: postgres
-- found

-- case: the year first
SELECT id FROM orders ORDER BY TO_CHAR(placed, 'YYYY-MM'), id
-- dialect: postgres
