CREATE TABLE users (
    id INT NOT NULL PRIMARY KEY,
    handle VARCHAR(20) NOT NULL UNIQUE,
    plan VARCHAR(8),
    created TIMESTAMP NOT NULL
);
CREATE TABLE sessions (
    id INT NOT NULL PRIMARY KEY,
    user_id INT NOT NULL,
    started TIMESTAMP NOT NULL,
    ended TIMESTAMP,
    FOREIGN KEY (user_id) REFERENCES users (id),
    CHECK (ended >= started)
);
CREATE TABLE events (
    id INT NOT NULL PRIMARY KEY,
    session_id INT,
    kind VARCHAR(12) NOT NULL,
    happened TIMESTAMP NOT NULL,
    amount INT,
    payload TEXT,
    FOREIGN KEY (session_id) REFERENCES sessions (id)
);
