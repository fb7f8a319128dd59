-- Which outlets are in the warehouse, since when, and how much of them was cut?
-- one row per outlet
SELECT
    mode(outlet ORDER BY outlet) AS outlet,
    max(outlet_domain) AS outlet_domain,
    count(*) AS articles,
    min(published_at) AS first_published,
    max(published_at) AS last_published,
    round(avg(word_count))::INTEGER AS mean_words,
    round(100 * sum(cut_chars) / sum(raw_chars), 1) AS cut_percent
FROM articles
GROUP BY coalesce(outlet_domain, outlet)
ORDER BY articles DESC, outlet_domain, outlet;
