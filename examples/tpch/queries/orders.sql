-- Orders of the third quarter of 1993 with a late line, by priority. (TPC-H 4)
SELECT
    o.o_orderpriority,
    COUNT(*) AS order_count
FROM orders o
WHERE o.o_orderdate >= '1993-07-01'
  AND o.o_orderdate < '1993-10-01'
  AND EXISTS (
        SELECT 1
        FROM lineitem l
        WHERE l.l_orderkey = o.o_orderkey
          AND l.l_commitdate < l.l_receiptdate
      )
GROUP BY o.o_orderpriority
ORDER BY o.o_orderpriority;

-- Срочные и обычные заказы среди опоздавших отправок почтой и морем за 1994 год. (TPC-H 12)
SELECT
    l.l_shipmode,
    SUM(CASE WHEN o.o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END)
        AS high_line_count,
    SUM(CASE WHEN o.o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 0 ELSE 1 END)
        AS low_line_count
FROM orders o
JOIN lineitem l ON l.l_orderkey = o.o_orderkey
WHERE l.l_shipmode IN ('MAIL', 'SHIP')
  AND l.l_commitdate < l.l_receiptdate
  AND l.l_shipdate < l.l_commitdate
  AND l.l_receiptdate >= '1994-01-01'
  AND l.l_receiptdate < '1995-01-01'
GROUP BY l.l_shipmode
ORDER BY l.l_shipmode;

-- Orders taken on one day.
SELECT
    o.o_orderkey,
    o.o_custkey,
    o.o_totalprice
FROM orders o
WHERE o.o_orderdate >= '1996-01-02'
  AND o.o_orderdate < '1996-01-03'
ORDER BY o.o_orderkey;

-- Сколько заказов в каждом состоянии за 1995 год.
SELECT
    o.o_orderstatus,
    COUNT(*) AS orders,
    SUM(o.o_totalprice) AS total
FROM orders o
WHERE o.o_orderdate >= '1995-01-01'
  AND o.o_orderdate < '1996-01-01'
GROUP BY o.o_orderstatus
ORDER BY o.o_orderstatus;

-- Urgent orders that were still open at the end of July 1998.
SELECT
    o.o_orderkey,
    o.o_orderdate,
    c.c_name
FROM orders o
JOIN customer c ON c.c_custkey = o.o_custkey
WHERE o.o_orderpriority = '1-URGENT'
  AND o.o_orderstatus = 'O'
  AND o.o_orderdate >= '1998-07-01'
  AND o.o_orderdate < '1998-08-01'
ORDER BY o.o_orderdate, o.o_orderkey;

-- Orders per clerk in the first half of 1997, the ten busiest.
SELECT
    o.o_clerk,
    COUNT(*) AS orders
FROM orders o
WHERE o.o_orderdate >= '1997-01-01'
  AND o.o_orderdate < '1997-07-01'
GROUP BY o.o_clerk
ORDER BY orders DESC, o.o_clerk
LIMIT 10;

-- Заказы, все строки которых уже отгружены, за март 1995 года.
SELECT
    o.o_orderkey,
    o.o_orderdate
FROM orders o
WHERE o.o_orderdate >= '1995-03-01'
  AND o.o_orderdate < '1995-04-01'
  AND NOT EXISTS (
        SELECT 1
        FROM lineitem l
        WHERE l.l_orderkey = o.o_orderkey
          AND l.l_linestatus = 'O'
      )
ORDER BY o.o_orderkey;

-- Lines of one order with the names of parts and suppliers.
SELECT
    l.l_linenumber,
    p.p_name,
    s.s_name,
    l.l_quantity,
    l.l_extendedprice
FROM lineitem l
JOIN part p ON p.p_partkey = l.l_partkey
JOIN supplier s ON s.s_suppkey = l.l_suppkey
WHERE l.l_orderkey = 7
ORDER BY l.l_linenumber;

-- Mean number of lines in an order, by year of the order.
WITH counted AS (
    SELECT
        l.l_orderkey,
        COUNT(*) AS lines
    FROM lineitem l
    GROUP BY l.l_orderkey
)
SELECT
    SUBSTR(CAST(o.o_orderdate AS TEXT), 1, 4) AS o_year,
    AVG(t.lines) AS avg_lines
FROM orders o
JOIN counted t ON t.l_orderkey = o.o_orderkey
GROUP BY o_year
ORDER BY o_year;

-- Lines late by our own fault in 1996: shipped after the day promised, by ship mode.
SELECT
    l.l_shipmode,
    COUNT(*) AS late_lines
FROM lineitem l
WHERE l.l_shipdate >= '1996-01-01'
  AND l.l_shipdate < '1997-01-01'
  AND l.l_commitdate < l.l_shipdate
GROUP BY l.l_shipmode
ORDER BY l.l_shipmode;

-- Доля возвратов по способам доставки за 1994 год.
SELECT
    l.l_shipmode,
    SUM(CASE WHEN l.l_returnflag = 'R' THEN 1.0 ELSE 0.0 END) / COUNT(*) AS returned_share
FROM lineitem l
WHERE l.l_shipdate >= '1994-01-01'
  AND l.l_shipdate < '1995-01-01'
GROUP BY l.l_shipmode
ORDER BY l.l_shipmode;
