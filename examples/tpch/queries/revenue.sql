-- Pricing summary of everything shipped by 2 September 1998, by return flag and line status.
-- (TPC-H 1)
SELECT
    l.l_returnflag,
    l.l_linestatus,
    SUM(l.l_quantity) AS sum_qty,
    SUM(l.l_extendedprice) AS sum_base_price,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS sum_disc_price,
    SUM(l.l_extendedprice * (1 - l.l_discount) * (1 + l.l_tax)) AS sum_charge,
    AVG(l.l_quantity) AS avg_qty,
    AVG(l.l_extendedprice) AS avg_price,
    AVG(l.l_discount) AS avg_disc,
    COUNT(*) AS count_order
FROM lineitem l
WHERE l.l_shipdate < '1998-09-03'
GROUP BY l.l_returnflag, l.l_linestatus
ORDER BY l.l_returnflag, l.l_linestatus;

-- Ten unshipped orders of the BUILDING segment with the highest revenue, as of 15 March 1995.
-- (TPC-H 3)
SELECT
    o.o_orderkey,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue,
    o.o_orderdate,
    o.o_shippriority
FROM customer c
JOIN orders o ON o.o_custkey = c.c_custkey
JOIN lineitem l ON l.l_orderkey = o.o_orderkey
WHERE c.c_mktsegment = 'BUILDING'
  AND o.o_orderdate < '1995-03-15'
  AND l.l_shipdate > '1995-03-15'
GROUP BY o.o_orderkey, o.o_orderdate, o.o_shippriority
ORDER BY revenue DESC, o.o_orderdate, o.o_orderkey
LIMIT 10;

-- Местные поставки: выручка по странам Азии за 1994 год, когда клиент и поставщик из одной страны.
-- (TPC-H 5)
SELECT
    n.n_name,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM region r
JOIN nation n ON n.n_regionkey = r.r_regionkey
JOIN customer c ON c.c_nationkey = n.n_nationkey
JOIN orders o ON o.o_custkey = c.c_custkey
JOIN lineitem l ON l.l_orderkey = o.o_orderkey
JOIN supplier s ON s.s_suppkey = l.l_suppkey AND s.s_nationkey = c.c_nationkey
WHERE r.r_name = 'ASIA'
  AND o.o_orderdate >= '1994-01-01'
  AND o.o_orderdate < '1995-01-01'
GROUP BY n.n_name
ORDER BY revenue DESC, n.n_name;

-- How much more we would have earned in 1994 without discounts of 5 to 7 percent on small lines.
-- (TPC-H 6)
SELECT
    SUM(l.l_extendedprice * l.l_discount) AS revenue
FROM lineitem l
WHERE l.l_shipdate >= '1994-01-01'
  AND l.l_shipdate < '1995-01-01'
  AND l.l_discount BETWEEN 0.05 AND 0.07
  AND l.l_quantity < 24;

-- Trade between France and Germany by year, in both directions. (TPC-H 7)
SELECT
    sn.n_name AS supp_nation,
    cn.n_name AS cust_nation,
    SUBSTR(CAST(l.l_shipdate AS TEXT), 1, 4) AS l_year,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM supplier s
JOIN lineitem l ON l.l_suppkey = s.s_suppkey
JOIN orders o ON o.o_orderkey = l.l_orderkey
JOIN customer c ON c.c_custkey = o.o_custkey
JOIN nation sn ON sn.n_nationkey = s.s_nationkey
JOIN nation cn ON cn.n_nationkey = c.c_nationkey
WHERE l.l_shipdate >= '1995-01-01'
  AND l.l_shipdate < '1997-01-01'
  AND (
        (sn.n_name = 'FRANCE' AND cn.n_name = 'GERMANY')
        OR (sn.n_name = 'GERMANY' AND cn.n_name = 'FRANCE')
      )
GROUP BY sn.n_name, cn.n_name, l_year
ORDER BY supp_nation, cust_nation, l_year;

-- Market share of Brazilian suppliers in America for parts of economy anodized steel.
-- (TPC-H 8)
SELECT
    SUBSTR(CAST(o.o_orderdate AS TEXT), 1, 4) AS o_year,
    SUM(CASE WHEN sn.n_name = 'BRAZIL' THEN l.l_extendedprice * (1 - l.l_discount) ELSE 0 END)
        / SUM(l.l_extendedprice * (1 - l.l_discount)) AS mkt_share
FROM part p
JOIN lineitem l ON l.l_partkey = p.p_partkey
JOIN supplier s ON s.s_suppkey = l.l_suppkey
JOIN orders o ON o.o_orderkey = l.l_orderkey
JOIN customer c ON c.c_custkey = o.o_custkey
JOIN nation cn ON cn.n_nationkey = c.c_nationkey
JOIN region r ON r.r_regionkey = cn.n_regionkey
JOIN nation sn ON sn.n_nationkey = s.s_nationkey
WHERE p.p_type = 'ECONOMY ANODIZED STEEL'
  AND r.r_name = 'AMERICA'
  AND o.o_orderdate >= '1995-01-01'
  AND o.o_orderdate < '1997-01-01'
GROUP BY o_year
ORDER BY o_year;

-- Прибыль по странам поставщиков и годам для деталей, в названии которых есть green. (TPC-H 9)
SELECT
    n.n_name AS nation,
    SUBSTR(CAST(o.o_orderdate AS TEXT), 1, 4) AS o_year,
    SUM(l.l_extendedprice * (1 - l.l_discount) - ps.ps_supplycost * l.l_quantity) AS sum_profit
FROM part p
JOIN lineitem l ON l.l_partkey = p.p_partkey
JOIN partsupp ps ON ps.ps_partkey = l.l_partkey AND ps.ps_suppkey = l.l_suppkey
JOIN supplier s ON s.s_suppkey = l.l_suppkey
JOIN orders o ON o.o_orderkey = l.l_orderkey
JOIN nation n ON n.n_nationkey = s.s_nationkey
WHERE p.p_name LIKE '%green%'
GROUP BY n.n_name, o_year
ORDER BY nation, o_year DESC;

-- Share of promotion parts in the revenue of September 1995, in percent. (TPC-H 14)
SELECT
    100.0 * SUM(CASE
        WHEN p.p_type LIKE 'PROMO%' THEN l.l_extendedprice * (1 - l.l_discount)
        ELSE 0
    END) / SUM(l.l_extendedprice * (1 - l.l_discount)) AS promo_revenue
FROM lineitem l
JOIN part p ON p.p_partkey = l.l_partkey
WHERE l.l_shipdate >= '1995-09-01'
  AND l.l_shipdate < '1995-10-01';

-- Revenue of three brands sold by air and handed over in person, each in its own size and packing.
-- (TPC-H 19)
SELECT
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM lineitem l
JOIN part p ON p.p_partkey = l.l_partkey
WHERE l.l_shipmode IN ('AIR', 'REG AIR')
  AND l.l_shipinstruct = 'DELIVER IN PERSON'
  AND p.p_size >= 1
  AND (
        (
            p.p_brand = 'Brand#12'
            AND p.p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
            AND l.l_quantity BETWEEN 1 AND 11
            AND p.p_size <= 5
        )
        OR (
            p.p_brand = 'Brand#23'
            AND p.p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
            AND l.l_quantity BETWEEN 10 AND 20
            AND p.p_size <= 10
        )
        OR (
            p.p_brand = 'Brand#34'
            AND p.p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
            AND l.l_quantity BETWEEN 20 AND 30
            AND p.p_size <= 15
        )
      );

-- Выручка по месяцам 1997 года.
SELECT
    SUBSTR(CAST(l.l_shipdate AS TEXT), 1, 7) AS month,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM lineitem l
WHERE l.l_shipdate >= '1997-01-01'
  AND l.l_shipdate < '1998-01-01'
GROUP BY month
ORDER BY month;

-- Revenue by ship mode in the first quarter of 1996.
SELECT
    l.l_shipmode,
    COUNT(*) AS lines,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM lineitem l
WHERE l.l_shipdate >= '1996-01-01'
  AND l.l_shipdate < '1996-04-01'
GROUP BY l.l_shipmode
ORDER BY revenue DESC, l.l_shipmode;

-- Revenue by market segment for orders taken in 1996.
SELECT
    c.c_mktsegment,
    COUNT(*) AS lines,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM customer c
JOIN orders o ON o.o_custkey = c.c_custkey
JOIN lineitem l ON l.l_orderkey = o.o_orderkey
WHERE o.o_orderdate >= '1996-01-01'
  AND o.o_orderdate < '1997-01-01'
GROUP BY c.c_mktsegment
ORDER BY c.c_mktsegment;

-- Налог, начисленный по годам отгрузки.
SELECT
    SUBSTR(CAST(l.l_shipdate AS TEXT), 1, 4) AS l_year,
    SUM(l.l_extendedprice * (1 - l.l_discount) * l.l_tax) AS tax
FROM lineitem l
GROUP BY l_year
ORDER BY l_year;

-- Brands whose revenue in 1995 was above one and a half million, best first.
SELECT
    p.p_brand,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM lineitem l
JOIN part p ON p.p_partkey = l.l_partkey
WHERE l.l_shipdate >= '1995-01-01'
  AND l.l_shipdate < '1996-01-01'
GROUP BY p.p_brand
HAVING SUM(l.l_extendedprice * (1 - l.l_discount)) > 1500000
ORDER BY revenue DESC, p.p_brand;

-- Export revenue by region of the customer: supplier and customer in different countries, 1997.
SELECT
    r.r_name,
    SUM(l.l_extendedprice * (1 - l.l_discount)) AS revenue
FROM region r
JOIN nation cn ON cn.n_regionkey = r.r_regionkey
JOIN customer c ON c.c_nationkey = cn.n_nationkey
JOIN orders o ON o.o_custkey = c.c_custkey
JOIN lineitem l ON l.l_orderkey = o.o_orderkey
JOIN supplier s ON s.s_suppkey = l.l_suppkey
WHERE o.o_orderdate >= '1997-01-01'
  AND o.o_orderdate < '1998-01-01'
  AND s.s_nationkey <> c.c_nationkey
GROUP BY r.r_name
ORDER BY r.r_name;

-- Average discount by year and month of shipping, months with more than 4,000 lines only.
SELECT
    SUBSTR(CAST(l.l_shipdate AS TEXT), 1, 7) AS month,
    AVG(l.l_discount) AS avg_disc,
    COUNT(*) AS lines
FROM lineitem l
GROUP BY month
HAVING COUNT(*) > 4000
ORDER BY month;
