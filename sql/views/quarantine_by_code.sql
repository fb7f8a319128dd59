-- What is in quarantine, and why?
-- one row per stage and code
SELECT
    stage,
    code,
    count(*) AS records,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    min(raw_path) AS example,
    any_value(message) AS message
FROM quarantine
GROUP BY stage, code
ORDER BY records DESC, code;
