use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

const JSON: &str = r#"{"sjc":1763712000000,"cjm":"0A1B2C3D4E5F6071","yxdm":"99999","zjhm":"002X","xh":"2022010101",
    "cc":"本科","xllb":"普通高等教育","fy":"测试学院","xm":"测**","bh":"一班"}"#;

fn student() -> CodeFields {
    let told = |text: &str| Some(text.to_owned());
    CodeFields {
        code: told("0A1B2C3D4E5F6071"),
        school: None,
        school_code: told("99999"),
        student_number: told("2022010101"),
        name: told("测**"),
        id_last4: told("002X"),
        level: told("本科"),
        category: told("普通高等教育"),
        college: told("测试学院"),
        class: told("一班"),
        issued_ms: told("1763712000000"),
    }
}

#[test]
fn the_json_is_read_plain_and_in_every_base64() {
    let mut wrapped = STANDARD.encode(JSON);
    wrapped.insert_str(76, "\r\n");
    for payload in [
        JSON.to_owned(),
        format!("\u{FEFF}{JSON}"),
        STANDARD.encode(JSON),
        STANDARD_NO_PAD.encode(JSON),
        URL_SAFE.encode(JSON),
        URL_SAFE_NO_PAD.encode(JSON),
        wrapped,
    ] {
        let code = CollectionCode::decode(payload.as_bytes());
        assert_eq!(code.kind, CodeKind::ChsiJson);
        assert_eq!(code.fields, Some(student()));
        assert_eq!(code.text(), Some(payload), "the payload stays verbatim");
        assert_eq!(code.identity(), "cjm:0a1b2c3d4e5f6071");
    }
}

#[test]
fn the_open_format_tells_what_was_put_in() {
    let fields = CodeFields { school: Some("测试大学 \"\\".to_owned()), ..student() };
    let code = CollectionCode::open(&fields);
    assert_eq!((code.kind, code.fields.as_ref()), (CodeKind::Open, Some(&fields)));
    let text = code.text().unwrap();
    assert!(text.starts_with("DPK1:"));
    assert!(text.bytes().all(|b| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&b)));
    assert_eq!(CollectionCode::decode(text.as_bytes()), code);

    let another_version = text.replace("DPK1:", "DPK2:");
    assert_eq!(CollectionCode::decode(another_version.as_bytes()).kind, CodeKind::Opaque);
}

#[test]
fn what_nobody_understands_is_an_identity_token() {
    for payload in [
        &b""[..],
        b"0123456789abcdef0123456789abcdef",
        b"https://example.org/?id=1",
        b"\xff\xfe\x00\x80",
        b"{}",
        b"[1,2]",
        br#"{"name":"another kind of code"}"#,
        br#"{"cjm":{"nested":true},"xh":"  ","zjhm":null}"#,
        b"DPK1:",
        b"DPK1:lower case",
    ] {
        let code = CollectionCode::decode(payload);
        assert_eq!((code.kind, code.fields.as_ref()), (CodeKind::Opaque, None));
        assert_eq!(code.payload, payload);
        assert_eq!(code.identity(), CollectionCode::decode(payload).identity());
    }
    assert_ne!(CollectionCode::decode(b"a").identity(), CollectionCode::decode(b"b").identity());
}

#[test]
fn a_hostile_payload_is_only_opaque() {
    let nested = "[".repeat(4_000) + &"]".repeat(4_000);
    let nested_in_known_key = format!(r#"{{"cjm":{nested}}}"#);
    let huge = vec![b'A'; 1 << 20];
    let huge_open = [OPEN_PREFIX.as_bytes(), &huge].concat();
    let cut = &JSON.as_bytes()[..JSON.len() - 30];
    for payload in [nested.as_bytes(), nested_in_known_key.as_bytes(), &huge, &huge_open, cut] {
        assert_eq!(CollectionCode::decode(payload).kind, CodeKind::Opaque);
    }
}

#[test]
fn debug_tells_nothing_of_the_person() {
    let shown = format!("{:?} {:?}", CollectionCode::decode(JSON.as_bytes()), student());
    for secret in ["0A1B", "2022010101", "002X", "测", "99999"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_name_keeps_its_first_character() {
    for (name, masked) in
        [("测试甲", "测**"), ("测**", "测**"), ("测", "测*"), ("", "*"), ("Test Student", "T***")]
    {
        assert_eq!(mask_name(name), masked);
    }
}

#[test]
fn kinds_have_names() {
    for kind in [CodeKind::ChsiJson, CodeKind::Open, CodeKind::Opaque] {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    assert_eq!("other".parse::<CodeKind>(), Err(UnknownKind));
}

proptest! {
    #[test]
    fn any_bytes_are_a_code(payload: Vec<u8>) {
        prop_assert_eq!(CollectionCode::decode(&payload).payload, payload);
    }

    #[test]
    fn any_text_after_the_prefix_is_a_code(text in "[0-9A-Z $%*+./:-]{0,60}") {
        let payload = format!("{OPEN_PREFIX}{text}");
        prop_assert_eq!(CollectionCode::decode(payload.as_bytes()).text(), Some(payload));
    }

    #[test]
    fn an_open_code_comes_back(name in "\\PC{1,12}", number in "[0-9]{6,14}") {
        let fields = CodeFields {
            name: Some(name.trim().to_owned()).filter(|n| !n.is_empty()),
            student_number: Some(number),
            ..CodeFields::default()
        };
        prop_assert_eq!(CollectionCode::open(&fields).fields, Some(fields));
    }
}
