CREATE TABLE tickets (
    id INT NOT NULL PRIMARY KEY,
    state VARCHAR(8) NOT NULL CHECK (state IN ('new', 'open', 'done')),
    priority SMALLINT NOT NULL CHECK (priority IN (1, 2, 3)),
    labels TEXT,
    settings TEXT,
    urgent BOOLEAN,
    parent_id INT,
    closed DATE,
    FOREIGN KEY (parent_id) REFERENCES tickets (id),
    CHECK ((state = 'done') = (closed IS NOT NULL))
);
CREATE TABLE votes (
    ticket_id INT NOT NULL,
    voter INT NOT NULL,
    score INT NOT NULL CHECK (score IN (-1, 1)),
    PRIMARY KEY (ticket_id, voter),
    FOREIGN KEY (ticket_id) REFERENCES tickets (id)
);
