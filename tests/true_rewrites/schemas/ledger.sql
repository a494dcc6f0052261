CREATE TABLE accounts (
    bank INT NOT NULL,
    account_no INT NOT NULL,
    owner VARCHAR(20),
    kind VARCHAR(8) NOT NULL CHECK (kind IN ('cash', 'loan', 'fund')),
    opened DATE NOT NULL,
    PRIMARY KEY (bank, account_no)
);
CREATE TABLE entries (
    bank INT NOT NULL,
    account_no INT NOT NULL,
    seq INT NOT NULL,
    amount INT NOT NULL CHECK (amount <> 0 AND amount BETWEEN -1000000 AND 1000000),
    booked DATE NOT NULL,
    contra_bank INT,
    contra_no INT,
    PRIMARY KEY (bank, account_no, seq),
    FOREIGN KEY (bank, account_no) REFERENCES accounts (bank, account_no),
    FOREIGN KEY (contra_bank, contra_no) REFERENCES accounts (bank, account_no)
);
CREATE TABLE holds (
    bank INT NOT NULL,
    account_no INT NOT NULL,
    amount INT NOT NULL,
    PRIMARY KEY (bank, account_no),
    FOREIGN KEY (bank, account_no) REFERENCES accounts (bank, account_no)
);
