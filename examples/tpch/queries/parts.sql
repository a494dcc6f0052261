-- Yearly revenue lost if small orders of one kind of part were refused. (TPC-H 17)
WITH averages AS (
    SELECT
        l2.l_partkey,
        0.2 * AVG(l2.l_quantity) AS few
    FROM lineitem l2
    GROUP BY l2.l_partkey
)
SELECT
    SUM(l.l_extendedprice) / 7.0 AS avg_yearly
FROM lineitem l
JOIN part p ON p.p_partkey = l.l_partkey
JOIN averages a ON a.l_partkey = l.l_partkey
WHERE p.p_brand = 'Brand#23'
  AND p.p_container = 'MED BOX'
  AND l.l_quantity < a.few;

-- Parts that were not sold in 1997.
WITH sold AS (
    SELECT DISTINCT
        l.l_partkey
    FROM lineitem l
    WHERE l.l_shipdate >= '1997-01-01'
      AND l.l_shipdate < '1998-01-01'
)
SELECT
    p.p_partkey,
    p.p_name
FROM part p
LEFT JOIN sold d ON d.l_partkey = p.p_partkey
WHERE d.l_partkey IS NULL
ORDER BY p.p_partkey;

-- Общий остаток на складе по маркам.
SELECT
    p.p_brand,
    SUM(ps.ps_availqty) AS pieces
FROM partsupp ps
JOIN part p ON p.p_partkey = ps.ps_partkey
GROUP BY p.p_brand
ORDER BY p.p_brand;

-- Parts cheaper than 950 that come in a jumbo box.
SELECT
    p.p_partkey,
    p.p_name,
    p.p_retailprice
FROM part p
WHERE p.p_container = 'JUMBO BOX'
  AND p.p_retailprice < 950
ORDER BY p.p_retailprice, p.p_partkey;

-- Range of supply costs of each part of manufacturer 3 in size 20.
SELECT
    p.p_partkey,
    p.p_name,
    MIN(ps.ps_supplycost) AS lowest,
    MAX(ps.ps_supplycost) AS highest
FROM part p
JOIN partsupp ps ON ps.ps_partkey = p.p_partkey
WHERE p.p_mfgr = 'Manufacturer#3'
  AND p.p_size = 20
GROUP BY p.p_partkey, p.p_name
ORDER BY p.p_partkey;

-- Двадцать самых продаваемых деталей 1997 года по количеству.
SELECT
    p.p_partkey,
    p.p_name,
    SUM(l.l_quantity) AS pieces
FROM lineitem l
JOIN part p ON p.p_partkey = l.l_partkey
WHERE l.l_shipdate >= '1997-01-01'
  AND l.l_shipdate < '1998-01-01'
GROUP BY p.p_partkey, p.p_name
ORDER BY pieces DESC, p.p_partkey
LIMIT 20;

-- Number of parts by container, the kinds with more than 250 parts.
SELECT
    p.p_container,
    COUNT(*) AS parts
FROM part p
GROUP BY p.p_container
HAVING COUNT(*) > 250
ORDER BY p.p_container;

-- Margin of each offer for part 77: list price less supply cost.
SELECT
    s.s_name,
    p.p_retailprice - ps.ps_supplycost AS margin
FROM partsupp ps
JOIN part p ON p.p_partkey = ps.ps_partkey
JOIN supplier s ON s.s_suppkey = ps.ps_suppkey
WHERE ps.ps_partkey = 77
ORDER BY margin DESC, s.s_suppkey;

-- Детали, по которым только у одного поставщика остаток больше 7000 штук.
SELECT
    p.p_partkey,
    p.p_name
FROM part p
JOIN partsupp ps ON ps.ps_partkey = p.p_partkey
WHERE ps.ps_availqty > 7000
GROUP BY p.p_partkey, p.p_name
HAVING COUNT(*) = 1
ORDER BY p.p_partkey;
