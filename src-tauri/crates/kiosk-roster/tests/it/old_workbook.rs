//! Writes the smallest workbook of the years before 2007: BIFF8 records in a compound file.

const SECTOR: usize = 512;
const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const IS_TABLE: u32 = 0xFFFF_FFFD;

/// A cell of the old workbook.
pub enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
}

/// A workbook whose only sheet holds these cells.
pub fn workbook(cells: &[(u16, u16, Value)]) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &[&[0x00, 0x06], &kind.to_le_bytes()[..], &[0; 12]].concat());
    let name = |start: u32| record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 1, 0], b"S"].concat());
    let mut stream = begin(5);
    let start = (stream.len() + name(0).len() + 4) as u32;
    stream.extend(name(start));
    stream.extend(record(0x000A, &[]));
    stream.extend(begin(16));
    for (row, column, value) in cells {
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        match value {
            Value::Number(number) => {
                stream.extend(record(0x0203, &[&place[..], &number.to_le_bytes()].concat()));
            }
            Value::Text(text) => {
                let units: Vec<u16> = text.encode_utf16().collect();
                let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
                let length = (units.len() as u16).to_le_bytes();
                stream.extend(record(0x0204, &[&place[..], &length, &[1], &bytes].concat()));
            }
        }
    }
    stream.extend(record(0x000A, &[]));
    compound_file(stream)
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// One stream of at least 4,096 bytes, so that none lies in the sectors for small ones.
fn compound_file(mut stream: Vec<u8>) -> Vec<u8> {
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = stream.len() / SECTOR;
    let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    header.resize(24, 0);
    for short in [0x3E_u16, 3, 0xFFFE, 9, 6] {
        header.extend(short.to_le_bytes());
    }
    header.resize(44, 0);
    // One sector of the table, the directory in sector 1, no small sectors.
    for long in [1, 1, 0, 4096, END, 0, END, 0, 0] {
        header.extend(long.to_le_bytes());
    }
    header.resize(SECTOR, 0xFF);

    let mut table = vec![IS_TABLE, END];
    table.extend((1..sectors as u32).map(|n| n + 2));
    table.push(END);
    table.resize(SECTOR / 4, FREE);

    let mut directory = entry("Root Entry", 5, 1, END, 0);
    directory.extend(entry("Workbook", 2, FREE, 2, stream.len() as u32));
    directory.resize(SECTOR, 0);
    let table: Vec<u8> = table.into_iter().flat_map(u32::to_le_bytes).collect();
    [header, table, directory, stream].concat()
}

fn entry(name: &str, kind: u8, child: u32, start: u32, size: u32) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.resize(64, 0);
    entry.extend((name.len() as u16 * 2 + 2).to_le_bytes());
    entry.extend([kind, 1]);
    for link in [FREE, FREE, child] {
        entry.extend(link.to_le_bytes());
    }
    entry.resize(116, 0);
    entry.extend(start.to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry.resize(128, 0);
    entry
}
