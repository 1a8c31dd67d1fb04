-- One-use links from the bot to the pages. Only the code's hash is kept.
CREATE TABLE sign_in_links (
    code_hash  text PRIMARY KEY,
    user_id    text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE TRIGGER sign_in_links_of_erased BEFORE INSERT ON sign_in_links FOR EACH ROW EXECUTE FUNCTION drop_erased();
