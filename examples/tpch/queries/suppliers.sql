-- Cheapest European supplier of each brass part of size 15. (TPC-H 2)
WITH offers AS (
    SELECT
        ps.ps_partkey,
        ps.ps_supplycost,
        s.s_acctbal,
        s.s_name,
        s.s_address,
        s.s_phone,
        s.s_comment,
        n.n_name
    FROM partsupp ps
    JOIN supplier s ON s.s_suppkey = ps.ps_suppkey
    JOIN nation n ON n.n_nationkey = s.s_nationkey
    JOIN region r ON r.r_regionkey = n.n_regionkey
    WHERE r.r_name = 'EUROPE'
),
cheapest AS (
    SELECT
        f.ps_partkey,
        MIN(f.ps_supplycost) AS supplycost
    FROM offers f
    GROUP BY f.ps_partkey
)
SELECT
    f.s_acctbal,
    f.s_name,
    f.n_name,
    p.p_partkey,
    p.p_mfgr,
    f.s_address,
    f.s_phone,
    f.s_comment
FROM part p
JOIN offers f ON f.ps_partkey = p.p_partkey
JOIN cheapest ch ON ch.ps_partkey = f.ps_partkey AND ch.supplycost = f.ps_supplycost
WHERE p.p_size = 15
  AND p.p_type LIKE '%BRASS'
ORDER BY f.s_acctbal DESC, f.n_name, f.s_name, p.p_partkey
LIMIT 100;

-- Parts whose stock in Germany is worth most: more than a share of the whole stock there.
-- (TPC-H 11)
WITH stock AS (
    SELECT
        ps.ps_partkey,
        ps.ps_supplycost * ps.ps_availqty AS worth
    FROM partsupp ps
    JOIN supplier s ON s.s_suppkey = ps.ps_suppkey
    JOIN nation n ON n.n_nationkey = s.s_nationkey
    WHERE n.n_name = 'GERMANY'
)
SELECT
    st.ps_partkey,
    SUM(st.worth) AS worth
FROM stock st
GROUP BY st.ps_partkey
HAVING SUM(st.worth) > (SELECT SUM(st2.worth) * 0.002 FROM stock st2)
ORDER BY worth DESC, st.ps_partkey;

-- Supplier with the highest revenue in the first quarter of 1996. (TPC-H 15)
WITH revenue AS (
    SELECT
        l.l_suppkey AS supplier_no,
        SUM(l.l_extendedprice * (1 - l.l_discount)) AS total_revenue
    FROM lineitem l
    WHERE l.l_shipdate >= '1996-01-01'
      AND l.l_shipdate < '1996-04-01'
    GROUP BY l.l_suppkey
)
SELECT
    s.s_suppkey,
    s.s_name,
    s.s_address,
    s.s_phone,
    v.total_revenue
FROM supplier s
JOIN revenue v ON v.supplier_no = s.s_suppkey
WHERE v.total_revenue = (SELECT MAX(v2.total_revenue) FROM revenue v2)
ORDER BY s.s_suppkey;

-- Сколько поставщиков без жалоб предлагают детали каждой марки, типа и размера. (TPC-H 16)
SELECT
    p.p_brand,
    p.p_type,
    p.p_size,
    COUNT(DISTINCT ps.ps_suppkey) AS supplier_cnt
FROM partsupp ps
JOIN part p ON p.p_partkey = ps.ps_partkey
WHERE p.p_brand <> 'Brand#45'
  AND p.p_type NOT LIKE 'MEDIUM POLISHED%'
  AND p.p_size IN (3, 9, 14, 19, 23, 36, 45, 49)
  AND NOT EXISTS (
        SELECT 1
        FROM supplier s
        WHERE s.s_suppkey = ps.ps_suppkey
          AND s.s_comment LIKE '%Customer%Complaints%'
      )
GROUP BY p.p_brand, p.p_type, p.p_size
ORDER BY supplier_cnt DESC, p.p_brand, p.p_type, p.p_size;

-- Canadian suppliers that hold more forest parts than half of what they shipped in 1994.
-- (TPC-H 20)
WITH shipped AS (
    SELECT
        l.l_partkey,
        l.l_suppkey,
        0.5 * SUM(l.l_quantity) AS half
    FROM lineitem l
    WHERE l.l_shipdate >= '1994-01-01'
      AND l.l_shipdate < '1995-01-01'
    GROUP BY l.l_partkey, l.l_suppkey
),
excess AS (
    SELECT DISTINCT
        ps.ps_suppkey
    FROM partsupp ps
    JOIN part p ON p.p_partkey = ps.ps_partkey
    JOIN shipped sh ON sh.l_partkey = ps.ps_partkey AND sh.l_suppkey = ps.ps_suppkey
    WHERE p.p_name LIKE 'forest%'
      AND ps.ps_availqty > sh.half
)
SELECT
    s.s_name,
    s.s_address
FROM supplier s
JOIN nation n ON n.n_nationkey = s.s_nationkey
JOIN excess e ON e.ps_suppkey = s.s_suppkey
WHERE n.n_name = 'CANADA'
ORDER BY s.s_name;

-- Поставщики из Саудовской Аравии, которые одни задержали заказ нескольких поставщиков. (TPC-H 21)
SELECT
    s.s_name,
    COUNT(*) AS numwait
FROM supplier s
JOIN nation n ON n.n_nationkey = s.s_nationkey
JOIN lineitem l ON l.l_suppkey = s.s_suppkey
JOIN orders o ON o.o_orderkey = l.l_orderkey
WHERE n.n_name = 'SAUDI ARABIA'
  AND o.o_orderstatus = 'F'
  AND l.l_receiptdate > l.l_commitdate
  AND EXISTS (
        SELECT 1
        FROM lineitem l2
        WHERE l2.l_orderkey = l.l_orderkey
          AND l2.l_suppkey <> l.l_suppkey
      )
  AND NOT EXISTS (
        SELECT 1
        FROM lineitem l3
        WHERE l3.l_orderkey = l.l_orderkey
          AND l3.l_suppkey <> l.l_suppkey
          AND l3.l_receiptdate > l3.l_commitdate
      )
GROUP BY s.s_name
ORDER BY numwait DESC, s.s_name
LIMIT 100;

-- Number of suppliers in each country of Europe, countries without one included.
SELECT
    n.n_name,
    COUNT(s.s_suppkey) AS suppliers
FROM nation n
JOIN region r ON r.r_regionkey = n.n_regionkey
LEFT JOIN supplier s ON s.s_nationkey = n.n_nationkey
WHERE r.r_name = 'EUROPE'
GROUP BY n.n_name
ORDER BY n.n_name;

-- Поставщики, которым мы переплатили: баланс счёта меньше нуля.
SELECT
    s.s_suppkey,
    s.s_name,
    s.s_acctbal
FROM supplier s
WHERE s.s_acctbal < 0
ORDER BY s.s_acctbal, s.s_suppkey;

-- Suppliers with complaints in their notes.
SELECT
    s.s_suppkey,
    s.s_name,
    s.s_phone
FROM supplier s
WHERE s.s_comment LIKE '%Customer%Complaints%'
ORDER BY s.s_suppkey;

-- Стоимость запаса на складе по странам поставщиков.
SELECT
    n.n_name,
    SUM(ps.ps_supplycost * ps.ps_availqty) AS worth
FROM partsupp ps
JOIN supplier s ON s.s_suppkey = ps.ps_suppkey
JOIN nation n ON n.n_nationkey = s.s_nationkey
GROUP BY n.n_name
ORDER BY worth DESC, n.n_name;

-- Offers that cost more than the list price of the part.
SELECT
    p.p_partkey,
    p.p_name,
    s.s_name,
    ps.ps_supplycost,
    p.p_retailprice
FROM partsupp ps
JOIN part p ON p.p_partkey = ps.ps_partkey
JOIN supplier s ON s.s_suppkey = ps.ps_suppkey
WHERE ps.ps_supplycost > p.p_retailprice
ORDER BY p.p_partkey, s.s_suppkey;

-- Suppliers that have a part nearly out of stock: fewer than ten pieces.
SELECT
    s.s_suppkey,
    s.s_name
FROM supplier s
WHERE EXISTS (
        SELECT 1
        FROM partsupp ps
        WHERE ps.ps_suppkey = s.s_suppkey
          AND ps.ps_availqty < 10
      )
ORDER BY s.s_suppkey;

-- Десять поставщиков с наибольшей выручкой за 1996 год.
SELECT
    s.s_suppkey,
    s.s_name,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM lineitem l
JOIN supplier s ON s.s_suppkey = l.l_suppkey
WHERE l.l_shipdate >= '1996-01-01'
  AND l.l_shipdate < '1997-01-01'
GROUP BY s.s_suppkey, s.s_name
ORDER BY revenue DESC, s.s_suppkey
LIMIT 10;

-- Late lines by supplier of Russia in 1997: received after the day promised.
SELECT
    s.s_suppkey,
    s.s_name,
    COUNT(*) AS late_lines
FROM supplier s
JOIN nation n ON n.n_nationkey = s.s_nationkey
JOIN lineitem l ON l.l_suppkey = s.s_suppkey
WHERE n.n_name = 'RUSSIA'
  AND l.l_shipdate >= '1997-01-01'
  AND l.l_shipdate < '1998-01-01'
  AND l.l_commitdate < l.l_receiptdate
GROUP BY s.s_suppkey, s.s_name
ORDER BY late_lines DESC, s.s_suppkey;
