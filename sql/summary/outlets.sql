-- Which outlets did a run load the most of? One row per outlet, fifteen at most.
SELECT
    coalesce(outlet, outlet_domain, 'not known') AS outlet,
    count(*) AS articles,
    sum(word_count)::BIGINT AS words,
    round(100 * sum(cut_chars) / sum(raw_chars), 1) AS cut_percent
FROM article_versions
WHERE run_id = $run_id
GROUP BY ALL
ORDER BY articles DESC, outlet
LIMIT 15;
