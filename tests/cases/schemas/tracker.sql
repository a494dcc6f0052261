CREATE TABLE projects (
    id INTEGER NOT NULL PRIMARY KEY,
    name VARCHAR(80) NOT NULL,
    visibility INTEGER NOT NULL,
    owner_id INTEGER
);

CREATE TABLE issues (
    id INTEGER NOT NULL PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    number INTEGER NOT NULL,
    state VARCHAR(10) NOT NULL,
    weight INTEGER,
    milestone_id INTEGER,
    opened DATE NOT NULL,
    UNIQUE (project_id, number)
);

CREATE TABLE members (
    id INTEGER NOT NULL PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    user_id INTEGER NOT NULL,
    role VARCHAR(10),
    UNIQUE (user_id, project_id)
);

CREATE TABLE builds (
    id INTEGER NOT NULL PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    branch VARCHAR(40),
    status VARCHAR(10) NOT NULL
);

CREATE INDEX issues_milestone ON issues (milestone_id);
CREATE INDEX projects_owner ON projects (owner_id);
CREATE INDEX projects_visibility ON projects (visibility);
CREATE INDEX builds_project ON builds (project_id);
