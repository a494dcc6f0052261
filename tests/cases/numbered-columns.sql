-- case: three phones
SELECT id FROM customers WHERE phone1 = '555' OR phone2 = '555' OR phone3 = '555'
-- found

-- case: in a list
SELECT id FROM customers WHERE '555' IN (phone_1, phone_2)
-- found

-- case: other values
SELECT id FROM customers WHERE line1 = 'a' OR line2 = 'b'

-- case: other columns
SELECT id FROM customers WHERE name = 'x' OR city = 'x'
-- never: one of them
SELECT id FROM customers WHERE name = 'x'
