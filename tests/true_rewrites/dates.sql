-- schema: shop
-- pair: a month as a range and as BETWEEN
SELECT id FROM orders WHERE placed >= '2024-02-01' AND placed < '2024-03-01'
-- is:
SELECT id FROM orders WHERE placed BETWEEN '2024-02-01' AND '2024-02-29'
-- because: placed is a date, and February 2024 has 29 days

-- pair: a year taken out of a date and as a range
-- dialects: postgres duckdb mysql
SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed) = 2023
-- is:
SELECT id FROM orders WHERE placed >= '2023-01-01' AND placed < '2024-01-01'
-- because: the year's days are those of the range

-- pair: a year by STRFTIME and as a range
-- dialects: sqlite
SELECT id FROM orders WHERE STRFTIME('%Y', placed) = '2023'
-- is:
SELECT id FROM orders WHERE placed >= '2023-01-01' AND placed < '2024-01-01'
-- because: dates are kept as ISO text, which sorts as the days do

-- pair: a month cut off and a range
-- dialects: postgres duckdb
SELECT id FROM orders WHERE DATE_TRUNC('month', placed) = DATE '2024-02-01'
-- is:
SELECT id FROM orders WHERE placed >= DATE '2024-02-01' AND placed < DATE '2024-03-01'
-- because: the days whose month begins there

-- pair: an interval added to a constant
-- dialects: postgres duckdb mysql
SELECT id FROM orders WHERE placed < DATE '2024-01-31' + INTERVAL '1' DAY
-- is:
SELECT id FROM orders WHERE placed < DATE '2024-02-01'
-- because: the day after January 31 is February 1

-- pair: three months added to the first of a month
-- dialects: postgres duckdb mysql
SELECT id FROM orders WHERE placed >= DATE '2023-11-01' AND placed < DATE '2023-11-01' + INTERVAL '3' MONTH
-- is:
SELECT id FROM orders WHERE placed BETWEEN DATE '2023-11-01' AND DATE '2024-01-31'
-- because: three months after November 1 is February 1

-- pair: an interval moved over
-- dialects: postgres duckdb
SELECT id FROM orders WHERE placed + INTERVAL '7' DAY > DATE '2024-03-05'
-- is:
SELECT id FROM orders WHERE placed > DATE '2024-02-27'
-- because: days add and subtract exactly, and 2024 has a February 29

-- pair: days by SQLite's DATE
-- dialects: sqlite
SELECT id FROM orders WHERE placed >= DATE('2024-02-29', '+1 day')
-- is:
SELECT id FROM orders WHERE placed >= '2024-03-01'
-- because: the day after February 29 is March 1

-- pair: two halves of a year
-- dialects: postgres duckdb
SELECT id, CASE WHEN EXTRACT(MONTH FROM placed) <= 6 THEN 1 ELSE 2 END AS half FROM orders
-- is:
SELECT id, CASE WHEN EXTRACT(MONTH FROM placed) IN (1, 2, 3, 4, 5, 6) THEN 1 ELSE 2 END AS half FROM orders
-- because: months are the whole numbers 1 to 12, and placed is never NULL

-- pair: two years by IN and by a range
-- dialects: postgres duckdb mysql
SELECT COUNT(*) AS n FROM orders WHERE EXTRACT(YEAR FROM placed) IN (2022, 2023)
-- is:
SELECT COUNT(*) AS n FROM orders WHERE placed BETWEEN '2022-01-01' AND '2023-12-31'
-- because: the two years follow one another

-- pair: shipped late and a check on the dates
SELECT id FROM orders WHERE shipped > placed OR shipped = placed
-- is:
SELECT id FROM orders WHERE shipped IS NOT NULL
-- because: the check keeps shipped at or after placed wherever it is known

-- pair: a day before and not on or after
SELECT id FROM orders WHERE NOT (placed >= '2024-01-01')
-- is:
SELECT id FROM orders WHERE placed < '2024-01-01'
-- because: placed is never NULL

-- schema: events
-- pair: a day of timestamps by a cast and as a range
-- dialects: postgres duckdb
SELECT id FROM events WHERE CAST(happened AS DATE) = DATE '2024-02-29'
-- is:
SELECT id FROM events WHERE happened >= TIMESTAMP '2024-02-29 00:00:00' AND happened < TIMESTAMP '2024-03-01 00:00:00'
-- because: the moments of one day, its midnight included and the next one not

-- pair: a day of timestamps in MySQL
-- dialects: mysql
SELECT id FROM events WHERE DATE(happened) = '2024-02-29'
-- is:
SELECT id FROM events WHERE happened >= '2024-02-29 00:00:00' AND happened < '2024-03-01 00:00:00'
-- because: the moments of one day, its midnight included and the next one not

-- pair: a day of timestamps in SQLite
-- dialects: sqlite
SELECT id FROM events WHERE DATE(happened) = '2024-02-29'
-- is:
SELECT id FROM events WHERE happened >= '2024-02-29' AND happened < '2024-03-01'
-- because: moments are kept as ISO text, which begins with the day

-- pair: an hour cut off and a range
-- dialects: postgres duckdb
SELECT id FROM events WHERE DATE_TRUNC('hour', happened) = TIMESTAMP '2024-01-15 10:00:00'
-- is:
SELECT id FROM events WHERE happened >= TIMESTAMP '2024-01-15 10:00:00' AND happened < TIMESTAMP '2024-01-15 11:00:00'
-- because: the moments of one hour

-- pair: the first session of a user
SELECT s.id FROM sessions AS s WHERE s.started = (SELECT MIN(t.started) FROM sessions AS t WHERE t.user_id = s.user_id)
-- is:
SELECT s.id FROM sessions AS s WHERE NOT EXISTS (SELECT 1 FROM sessions AS t WHERE t.user_id = s.user_id AND t.started < s.started)
-- because: a start is the earliest where there is no earlier one, and starts are never NULL

-- pair: overlapping sessions
SELECT a.id AS one, b.id AS two FROM sessions AS a JOIN sessions AS b ON a.id < b.id AND a.started <= b.ended AND b.started <= a.ended
-- is:
SELECT a.id AS one, b.id AS two FROM sessions AS a JOIN sessions AS b ON a.id < b.id WHERE a.ended IS NOT NULL AND b.ended IS NOT NULL AND NOT (a.started > b.ended OR b.started > a.ended)
-- because: with the ends known, two spans overlap where neither begins after the other ends

-- pair: sessions that are still open at a moment
SELECT id FROM sessions WHERE started <= '2024-01-01 12:00:00' AND (ended > '2024-01-01 12:00:00' OR ended IS NULL)
-- is:
SELECT id FROM sessions WHERE started <= '2024-01-01 12:00:00' AND COALESCE(ended, '9999-12-31 23:59:59') > '2024-01-01 12:00:00'
-- because: an end that is not known counts as far away

-- pair: events per day
-- dialects: postgres duckdb
SELECT CAST(happened AS DATE) AS day, COUNT(*) AS n FROM events GROUP BY CAST(happened AS DATE)
-- is:
SELECT day, COUNT(*) AS n FROM (SELECT CAST(happened AS DATE) AS day FROM events) AS e GROUP BY day
-- because: the expression has only got a name

-- pair: days with events by DISTINCT and by groups
-- dialects: sqlite mysql
SELECT DISTINCT DATE(happened) AS day FROM events WHERE kind = 'click'
-- is:
SELECT DATE(happened) AS day FROM events WHERE kind = 'click' GROUP BY DATE(happened)
-- because: groups by the one selected expression are its distinct values
