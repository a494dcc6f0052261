-- the part of TPC-H that the cases use
CREATE TABLE nation (n_nationkey INTEGER NOT NULL PRIMARY KEY, n_name TEXT NOT NULL);

CREATE TABLE part (
    p_partkey INTEGER NOT NULL PRIMARY KEY,
    p_name TEXT NOT NULL,
    p_brand TEXT NOT NULL,
    p_container TEXT NOT NULL,
    p_size INTEGER NOT NULL
);

CREATE TABLE supplier (
    s_suppkey INTEGER NOT NULL PRIMARY KEY,
    s_name TEXT NOT NULL,
    s_nationkey INTEGER NOT NULL REFERENCES nation (n_nationkey)
);

CREATE TABLE partsupp (
    ps_partkey INTEGER NOT NULL REFERENCES part (p_partkey),
    ps_suppkey INTEGER NOT NULL REFERENCES supplier (s_suppkey),
    ps_availqty INTEGER NOT NULL,
    ps_supplycost NUMERIC NOT NULL,
    PRIMARY KEY (ps_partkey, ps_suppkey)
);

CREATE TABLE customer (
    c_custkey INTEGER NOT NULL PRIMARY KEY,
    c_name TEXT NOT NULL,
    c_phone TEXT NOT NULL,
    c_acctbal NUMERIC NOT NULL
);

CREATE TABLE orders (
    o_orderkey INTEGER NOT NULL PRIMARY KEY,
    o_custkey INTEGER NOT NULL REFERENCES customer (c_custkey),
    o_totalprice NUMERIC NOT NULL,
    o_orderdate DATE NOT NULL
);

CREATE TABLE lineitem (
    l_orderkey INTEGER NOT NULL REFERENCES orders (o_orderkey),
    l_linenumber INTEGER NOT NULL,
    l_partkey INTEGER NOT NULL REFERENCES part (p_partkey),
    l_suppkey INTEGER NOT NULL REFERENCES supplier (s_suppkey),
    l_quantity NUMERIC NOT NULL,
    l_extendedprice NUMERIC NOT NULL,
    l_shipmode TEXT NOT NULL,
    PRIMARY KEY (l_orderkey, l_linenumber)
);
