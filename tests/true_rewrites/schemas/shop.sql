CREATE TABLE customers (
    id INT NOT NULL PRIMARY KEY,
    name VARCHAR(30) NOT NULL,
    email VARCHAR(40) UNIQUE,
    city VARCHAR(20),
    since DATE,
    active BOOLEAN NOT NULL,
    referrer_id INT,
    FOREIGN KEY (referrer_id) REFERENCES customers (id)
);
CREATE TABLE products (
    id INT NOT NULL PRIMARY KEY,
    code VARCHAR(10) NOT NULL UNIQUE,
    name VARCHAR(30),
    price DECIMAL(10, 2),
    stock INT NOT NULL CHECK (stock BETWEEN 0 AND 100000),
    category VARCHAR(12)
);
CREATE TABLE orders (
    id INT NOT NULL PRIMARY KEY,
    customer_id INT,
    total DECIMAL(10, 2) NOT NULL,
    tax DECIMAL(10, 2),
    placed DATE NOT NULL,
    shipped DATE,
    status VARCHAR(10) NOT NULL CHECK (status IN ('open', 'paid', 'sent', 'void')),
    FOREIGN KEY (customer_id) REFERENCES customers (id),
    CHECK (shipped >= placed)
);
CREATE TABLE items (
    order_id INT NOT NULL,
    line_no INT NOT NULL CHECK (line_no >= 1),
    product_id INT NOT NULL,
    quantity INT CHECK (quantity BETWEEN 1 AND 1000),
    discount INT NOT NULL CHECK (discount BETWEEN 0 AND 90),
    PRIMARY KEY (order_id, line_no),
    FOREIGN KEY (order_id) REFERENCES orders (id),
    FOREIGN KEY (product_id) REFERENCES products (id)
);
CREATE TABLE payments (
    id INT NOT NULL PRIMARY KEY,
    order_id INT NOT NULL UNIQUE,
    paid_on DATE NOT NULL,
    amount INT NOT NULL,
    FOREIGN KEY (order_id) REFERENCES orders (id)
);
