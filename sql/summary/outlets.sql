-- Which outlets did a run load the most of? One row per outlet, fifteen at most. An outlet is its domain, where that is
-- known, whatever names it goes by.
SELECT
    coalesce(mode(outlet ORDER BY outlet), max(outlet_domain), 'not known') AS outlet,
    coalesce(max(outlet_domain), '') AS outlet_domain,
    count(*) AS articles,
    sum(word_count)::BIGINT AS words,
    round(100 * sum(cut_chars) / sum(raw_chars), 1) AS cut_percent
FROM article_versions
WHERE run_id = $run_id
GROUP BY coalesce(outlet_domain, outlet)
ORDER BY articles DESC, outlet_domain, outlet
LIMIT 15;
