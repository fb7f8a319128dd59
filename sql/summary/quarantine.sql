-- What is in quarantine? One row per code.
SELECT
    code,
    count(*) AS records,
    min(raw_path) AS example
FROM quarantine
GROUP BY code
ORDER BY records DESC, code;
