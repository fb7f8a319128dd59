-- Which records are to be made anew, and of what? One row per line of them, in order.
SELECT
    ledger.record_id,
    ledger.text,
    ledger.fate,
    remembered.line IS NOT NULL AS is_cut,
    read_now.language
FROM ledger
INNER JOIN read_now USING (record_id)
LEFT JOIN remembered ON ledger.record_id = remembered.record_id AND ledger.line = remembered.line
WHERE ledger.record_id IN (SELECT known.record_id FROM remembered AS known)
ORDER BY ledger.record_id, ledger.line;
