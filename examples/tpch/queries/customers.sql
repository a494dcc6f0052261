-- Twenty customers who lost us most by returns in the last quarter of 1993. (TPC-H 10)
SELECT
    c.c_custkey,
    c.c_name,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue,
    c.c_acctbal,
    n.n_name,
    c.c_address,
    c.c_phone,
    c.c_comment
FROM customer c
JOIN orders o ON o.o_custkey = c.c_custkey
JOIN lineitem l ON l.l_orderkey = o.o_orderkey
JOIN nation n ON n.n_nationkey = c.c_nationkey
WHERE o.o_orderdate >= '1993-10-01'
  AND o.o_orderdate < '1994-01-01'
  AND l.l_returnflag = 'R'
GROUP BY
    c.c_custkey, c.c_name, c.c_acctbal, n.n_name, c.c_address, c.c_phone, c.c_comment
ORDER BY revenue DESC, c.c_custkey
LIMIT 20;

-- Сколько клиентов сделали столько-то заказов, особые пожелания не считаются. (TPC-H 13)
WITH counted AS (
    SELECT
        c.c_custkey,
        COUNT(o.o_orderkey) AS c_count
    FROM customer c
    LEFT JOIN orders o
        ON o.o_custkey = c.c_custkey
       AND o.o_comment NOT LIKE '%special%requests%'
    GROUP BY c.c_custkey
)
SELECT
    t.c_count,
    COUNT(*) AS custdist
FROM counted t
GROUP BY t.c_count
ORDER BY custdist DESC, t.c_count DESC;

-- Customers with very large orders: more than 300 pieces in one order. (TPC-H 18)
WITH large AS (
    SELECT
        l.l_orderkey,
        SUM(l.l_quantity) AS quantity
    FROM lineitem l
    GROUP BY l.l_orderkey
    HAVING SUM(l.l_quantity) > 300
)
SELECT
    c.c_name,
    c.c_custkey,
    o.o_orderkey,
    o.o_orderdate,
    o.o_totalprice,
    g.quantity
FROM large g
JOIN orders o ON o.o_orderkey = g.l_orderkey
JOIN customer c ON c.c_custkey = o.o_custkey
ORDER BY o.o_totalprice DESC, o.o_orderdate, o.o_orderkey
LIMIT 100;

-- Customers with money on their account and no order yet, by country code: whom sales may call.
-- (TPC-H 22)
WITH rich AS (
    SELECT
        c.c_custkey,
        SUBSTR(c.c_phone, 1, 2) AS cntrycode,
        c.c_acctbal
    FROM customer c
    WHERE SUBSTR(c.c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
      AND c.c_acctbal > 0.00
)
SELECT
    h.cntrycode,
    COUNT(*) AS numcust,
    SUM(h.c_acctbal) AS totacctbal
FROM rich h
WHERE h.c_acctbal > (SELECT AVG(h2.c_acctbal) FROM rich h2)
  AND NOT EXISTS (
        SELECT 1
        FROM orders o
        WHERE o.o_custkey = h.c_custkey
      )
GROUP BY h.cntrycode
ORDER BY h.cntrycode;

-- Customers who have never ordered.
SELECT
    c.c_custkey,
    c.c_name
FROM customer c
WHERE NOT EXISTS (
        SELECT 1
        FROM orders o
        WHERE o.o_custkey = c.c_custkey
      )
ORDER BY c.c_custkey;

-- Клиенты из Германии, которые заказывали в июне 1997 года.
SELECT
    c.c_custkey,
    c.c_name
FROM customer c
JOIN nation n ON n.n_nationkey = c.c_nationkey
WHERE n.n_name = 'GERMANY'
  AND EXISTS (
        SELECT 1
        FROM orders o
        WHERE o.o_custkey = c.c_custkey
          AND o.o_orderdate >= '1997-06-01'
          AND o.o_orderdate < '1997-07-01'
      )
ORDER BY c.c_custkey;

-- Number of customers and their mean balance by market segment.
SELECT
    c.c_mktsegment,
    COUNT(*) AS customers,
    AVG(c.c_acctbal) AS avg_balance
FROM customer c
GROUP BY c.c_mktsegment
ORDER BY c.c_mktsegment;

-- Должники: клиенты с отрицательным балансом, по странам.
SELECT
    n.n_name,
    COUNT(*) AS debtors,
    SUM(c.c_acctbal) AS debt
FROM customer c
JOIN nation n ON n.n_nationkey = c.c_nationkey
WHERE c.c_acctbal < 0
GROUP BY n.n_name
ORDER BY debt, n.n_name;

-- Customers of the MACHINERY segment with more than twenty orders.
SELECT
    c.c_custkey,
    c.c_name,
    COUNT(*) AS orders
FROM customer c
JOIN orders o ON o.o_custkey = c.c_custkey
WHERE c.c_mktsegment = 'MACHINERY'
GROUP BY c.c_custkey, c.c_name
HAVING COUNT(*) > 20
ORDER BY orders DESC, c.c_custkey;

-- Last order of each French customer, those who never ordered included.
SELECT
    c.c_custkey,
    c.c_name,
    MAX(o.o_orderdate) AS last_order
FROM customer c
JOIN nation n ON n.n_nationkey = c.c_nationkey
LEFT JOIN orders o ON o.o_custkey = c.c_custkey
WHERE n.n_name = 'FRANCE'
GROUP BY c.c_custkey, c.c_name
ORDER BY c.c_custkey;

-- Средняя сумма заказа по странам клиентов за 1996 год.
SELECT
    n.n_name,
    COUNT(*) AS orders,
    AVG(o.o_totalprice) AS avg_total
FROM orders o
JOIN customer c ON c.c_custkey = o.o_custkey
JOIN nation n ON n.n_nationkey = c.c_nationkey
WHERE o.o_orderdate >= '1996-01-01'
  AND o.o_orderdate < '1997-01-01'
GROUP BY n.n_name
ORDER BY avg_total DESC, n.n_name;

-- The three largest orders of each customer in China.
WITH ranked AS (
    SELECT
        c.c_custkey,
        c.c_name,
        o.o_orderkey,
        o.o_totalprice,
        ROW_NUMBER() OVER (
            PARTITION BY c.c_custkey
            ORDER BY o.o_totalprice DESC, o.o_orderkey
        ) AS place
    FROM customer c
    JOIN nation n ON n.n_nationkey = c.c_nationkey
    JOIN orders o ON o.o_custkey = c.c_custkey
    WHERE n.n_name = 'CHINA'
)
SELECT
    k.c_custkey,
    k.c_name,
    k.o_orderkey,
    k.o_totalprice
FROM ranked k
WHERE k.place <= 3
ORDER BY k.c_custkey, k.place;

-- Customers and suppliers of Japan in one telephone list.
SELECT
    c.c_name AS name,
    c.c_phone AS phone,
    'customer' AS kind
FROM customer c
JOIN nation n ON n.n_nationkey = c.c_nationkey
WHERE n.n_name = 'JAPAN'
UNION ALL
SELECT
    s.s_name AS name,
    s.s_phone AS phone,
    'supplier' AS kind
FROM supplier s
JOIN nation n ON n.n_nationkey = s.s_nationkey
WHERE n.n_name = 'JAPAN'
ORDER BY name;
