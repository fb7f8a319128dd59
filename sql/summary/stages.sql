-- How long did each stage of a run take? One row per stage.
SELECT
    replace(stage, 'seconds_', '') AS stage,
    round(seconds::DOUBLE, 2) AS seconds
FROM (
    UNPIVOT (SELECT COLUMNS('seconds_.*') FROM runs WHERE run_id = $run_id)
    ON COLUMNS(*)
    INTO NAME stage VALUE seconds
);
