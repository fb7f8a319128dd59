-- What of web archives was never to be an article? One row per code.
SELECT
    code,
    count(*) AS records,
    min(raw_path) AS example
FROM skipped
GROUP BY code
ORDER BY records DESC, code;
