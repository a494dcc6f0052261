-- case: two assignments meant
UPDATE orders SET status = 'sent' AND coupon = 'x' WHERE id = 7
-- found

-- case: three of them
UPDATE orders SET total = 5 AND status = 'sent' AND coupon = 'x' WHERE id = 7
-- found

-- case: a comma
UPDATE orders SET status = 'sent', coupon = 'x' WHERE id = 7

-- case: the truth value is meant: brackets
UPDATE orders SET paid = (total > 5 AND coupon = 'x') WHERE id = 7

-- case: AND in the condition
UPDATE orders SET status = 'sent' WHERE id = 7 AND coupon = 'x'
