-- Users from outside, such as customers, see what is of their partner's company.
ALTER TABLE user_account ADD COLUMN partner_id INTEGER; -- no foreign key: partners refer to users, and a copy goes from table to table
