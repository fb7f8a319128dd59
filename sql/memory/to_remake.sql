-- Which records are to be made anew, and of what? One row per line of them, in order.
SELECT
    ledger.record_id,
    ledger.text,
    if(starts_with(ledger.rule, 'learned: '), 'body', ledger.fate) AS fate,
    remembered.line IS NOT NULL AS is_cut,
    starts_with(ledger.rule, 'learned: ') AS was_cut,
    read_now.language
FROM ledger
INNER JOIN read_now USING (record_id)
LEFT JOIN remembered ON ledger.record_id = remembered.record_id AND ledger.line = remembered.line
WHERE ledger.record_id IN (FROM differing)
ORDER BY ledger.record_id, ledger.line;
