CREATE TABLE customers (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT UNIQUE,
    city TEXT,
    referrer_id INTEGER REFERENCES customers (id)
);

CREATE TABLE products (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    price NUMERIC NOT NULL,
    stock INTEGER
);

CREATE TABLE orders (
    id INTEGER NOT NULL PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    status TEXT NOT NULL,
    placed DATE NOT NULL,
    paid TIMESTAMP,
    total NUMERIC,
    coupon TEXT
);

CREATE TABLE order_lines (
    order_id INTEGER NOT NULL REFERENCES orders (id),
    line INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
);

CREATE INDEX order_lines_product ON order_lines (product_id);

CREATE TABLE payments (
    id INTEGER NOT NULL PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    method VARCHAR(10) NOT NULL,
    currency CHAR(3),
    amount NUMERIC(10, 2) NOT NULL,
    rate DOUBLE PRECISION NOT NULL,
    made TIMESTAMP NOT NULL
);
