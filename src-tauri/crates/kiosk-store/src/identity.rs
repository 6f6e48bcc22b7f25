//! Names that no other station gives, for rows whose own number counts within one file.
//!
//! Orders, ledger entries, jobs, deliveries, notes and purges get their UUID (version 7) from the caller. Photos, consents and overrides are
//! named by order and version, alarms by their two orders, lines of a roster by school and record, audit rows by station and sequence.

/// RFC 9562, section 5.7: 48 bits of time, the version, 12 random bits, the variant, 62 random bits.
macro_rules! identity {
    ($($at:literal),+) => {
        concat!(
            "lower(substr(format('%012x', ", $($at,)+ "), 1, 8) || '-' || substr(format('%012x', ", $($at,)+ "), 9) || '-7' || ",
            "substr(hex(randomblob(2)), 1, 3) || '-' || substr('89ab', 1 + abs(random() % 4), 1) || ",
            "substr(hex(randomblob(2)), 1, 3) || '-' || hex(randomblob(6)))"
        )
    };
}

/// SQL that gives every row of `$table` a UUID (version 7) of its time `$at`, milliseconds since 1970 UTC: those that are there, and each that comes.
macro_rules! gives_identities {
    ($table:literal, $at:literal) => {
        concat!(
            "ALTER TABLE ",
            $table,
            " ADD COLUMN uuid TEXT;\n",
            "UPDATE ",
            $table,
            " SET uuid = ",
            identity!($at),
            ";\n",
            "CREATE UNIQUE INDEX ",
            $table,
            "_by_uuid ON ",
            $table,
            " (uuid);\n",
            "CREATE TRIGGER ",
            $table,
            "_have_identities AFTER INSERT ON ",
            $table,
            " WHEN new.uuid IS NULL\n",
            "BEGIN UPDATE ",
            $table,
            " SET uuid = ",
            identity!("new.", $at),
            " WHERE id = new.id; END;\n",
        )
    };
}

pub(crate) const REVIEWS: &str = gives_identities!("reviews", "at");
pub(crate) const PRINT_QUEUE: &str = gives_identities!("print_queue", "at");

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    #[test]
    fn identities_are_version_7_of_the_time_of_their_rows() {
        let conn = Connection::open_in_memory().unwrap();
        let sql = concat!("SELECT ", identity!("1795248000000"));
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            let id: String = conn.query_row(sql, [], |row| row.get(0)).unwrap();
            let parts: Vec<&str> = id.split('-').collect();
            assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
            assert_eq!(
                i64::from_str_radix(&format!("{}{}", parts[0], parts[1]), 16).unwrap(),
                1_795_248_000_000
            );
            assert!(parts[2].starts_with('7') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
            assert!(seen.insert(id));
        }
    }
}
