-- OLD: customers with an order in 1997, from before the standards. DISTINCT repairs the join.
SELECT DISTINCT c.c_custkey, c.c_name
FROM customer c, orders o
WHERE c.c_custkey = o.o_custkey
  AND o.o_orderdate BETWEEN '1997-01-01' AND '1997-12-31'
ORDER BY c.c_custkey;

-- OLD: orders of January 1996. The function on the column keeps the index from being used.
SELECT * FROM orders WHERE SUBSTR(CAST(o_orderdate AS TEXT), 1, 7) = '1996-01' ORDER BY o_orderkey;

-- СТАРЫЙ: клиенты без заказов. NOT IN с подзапросом.
SELECT c_custkey, c_name FROM customer
WHERE c_custkey NOT IN (SELECT o_custkey FROM orders)
ORDER BY c_custkey;

-- OLD: revenue of each customer of Peru, one subquery a row.
SELECT c.c_custkey, c.c_name,
  (SELECT SUM(o.o_totalprice) FROM orders o WHERE o.o_custkey = c.c_custkey) AS total
FROM customer c, nation n
WHERE c.c_nationkey = n.n_nationkey AND n.n_name = 'PERU'
ORDER BY c.c_custkey;

-- OLD: orders with a returned line in May 1993, counted to see whether there is one.
SELECT o.o_orderkey FROM orders o
WHERE o.o_orderdate >= '1993-05-01' AND o.o_orderdate < '1993-06-01'
  AND (SELECT COUNT(*) FROM lineitem l
       WHERE l.l_orderkey = o.o_orderkey AND l.l_returnflag = 'R') > 0
ORDER BY o.o_orderkey;

-- СТАРЫЙ: страны клиентов и поставщиков одним списком. UNION там, где важны все строки.
SELECT n.n_name, c.c_name AS name FROM nation n, customer c
WHERE n.n_nationkey = c.c_nationkey AND c.c_acctbal > 9900
UNION
SELECT n.n_name, s.s_name AS name FROM nation n, supplier s
WHERE n.n_nationkey = s.s_nationkey AND s.s_acctbal > 9900
ORDER BY 1, 2;

-- OLD: parts on offer in Morocco, IN within IN.
SELECT p_partkey, p_name FROM part
WHERE p_partkey IN (
  SELECT ps_partkey FROM partsupp WHERE ps_suppkey IN (
    SELECT s_suppkey FROM supplier WHERE s_nationkey IN (
      SELECT n_nationkey FROM nation WHERE n_name = 'MOROCCO')))
ORDER BY p_partkey;

-- OLD: orders by status, the filter on the group's own key stands in HAVING.
SELECT o_orderstatus, COUNT(*) AS orders FROM orders
GROUP BY o_orderstatus
HAVING o_orderstatus <> 'P'
ORDER BY o_orderstatus;

-- OLD: lines of AIR or TRUCK or RAIL in one week, a chain of OR.
SELECT l_orderkey, l_linenumber, l_shipmode FROM lineitem
WHERE (l_shipmode = 'AIR' OR l_shipmode = 'TRUCK' OR l_shipmode = 'RAIL')
  AND l_shipdate >= '1996-06-03' AND l_shipdate <= '1996-06-09'
ORDER BY l_orderkey, l_linenumber;

-- СТАРЫЙ: клиенты, которые что-то возвращали в 1992 году; лишний DISTINCT при GROUP BY.
SELECT DISTINCT c.c_custkey, COUNT(*) AS returns
FROM customer c
LEFT JOIN orders o ON o.o_custkey = c.c_custkey
LEFT JOIN lineitem l ON l.l_orderkey = o.o_orderkey
WHERE l.l_returnflag = 'R' AND o.o_orderdate < '1993-01-01'
GROUP BY c.c_custkey
ORDER BY c.c_custkey;

-- OLD and slow (seconds): suppliers of Kenya with the date of their last shipment.
SELECT s.s_suppkey, s.s_name,
  (SELECT MAX(l.l_shipdate) FROM lineitem l WHERE l.l_suppkey = s.s_suppkey) AS last_shipment
FROM supplier s, nation n
WHERE s.s_nationkey = n.n_nationkey AND n.n_name = 'KENYA'
ORDER BY s.s_suppkey;

-- OLD and slow (seconds): parts of one container whose best line is above twice their mean price.
SELECT p.p_partkey, p.p_name FROM part p
WHERE p.p_brand = 'Brand#31' AND p.p_container = 'LG BOX'
  AND (SELECT MAX(l.l_extendedprice) FROM lineitem l WHERE l.l_partkey = p.p_partkey)
    > 1.9 * (SELECT AVG(l.l_extendedprice) FROM lineitem l WHERE l.l_partkey = p.p_partkey)
ORDER BY p.p_partkey;

-- OLD: orders above the mean of all orders in one week, the table named without an alias.
SELECT orders.o_orderkey, orders.o_totalprice FROM orders
WHERE orders.o_totalprice > (SELECT AVG(orders.o_totalprice) FROM orders)
  AND orders.o_orderdate >= '1997-02-03' AND orders.o_orderdate < '1997-02-10'
ORDER BY orders.o_totalprice DESC, orders.o_orderkey;
