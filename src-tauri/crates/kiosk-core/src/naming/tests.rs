use proptest::prelude::*;

use super::*;

const STUDENT: NameValues<'static> = NameValues {
    id_number: Some("11010519491231002X"),
    student_number: Some("2022010101"),
    name: Some("测试甲"),
    school: Some("测试大学"),
    college: Some("测试学院"),
    class: Some("一班"),
    code: None,
};

fn template(text: &str) -> Result<NameTemplate, TemplateError> {
    NameTemplate::parse(&Naming { template: text.to_owned(), extension: "jpg".to_owned() })
}

fn path(text: &str, values: &NameValues<'_>) -> Result<String, NameError> {
    template(text).unwrap().path(values)
}

#[test]
fn templates_of_the_trade() {
    for (text, expected) in [
        ("{id_number}", "11010519491231002X.jpg"),
        ("{college}/{class}/{student_number}", "测试学院/一班/2022010101.jpg"),
        ("{student_number}_{name}", "2022010101_测试甲.jpg"),
        ("2026届/{school}-{college}/{id_number}", "2026届/测试大学-测试学院/11010519491231002X.jpg"),
    ] {
        assert_eq!(path(text, &STUDENT).unwrap(), expected);
    }
    let upper = Naming { template: "{id_number}".to_owned(), extension: "JPG".to_owned() };
    assert_eq!(NameTemplate::parse(&upper).unwrap().path(&STUDENT).unwrap(), "11010519491231002X.JPG");
    let hong_kong = NameValues { id_number: Some("A123456(3)"), ..STUDENT };
    assert_eq!(path("{id_number}", &hong_kong).unwrap(), "A123456(3).jpg");
}

#[test]
fn a_bad_template_is_refused_before_any_student() {
    use TemplateError as E;
    for (text, error) in [
        ("", E::EmptyComponent),
        ("/{id_number}", E::EmptyComponent),
        ("{college}//{id_number}", E::EmptyComponent),
        ("{id_number}/", E::EmptyComponent),
        ("photo", E::NoField),
        ("{college}/photo", E::NoField),
        ("{id_number", E::LooseBrace),
        ("{", E::LooseBrace),
        ("id_number}", E::LooseBrace),
        ("{id_number}{name}}", E::LooseBrace),
        ("{phone}", E::UnknownField("phone".to_owned())),
        ("{ID_NUMBER}", E::UnknownField("ID_NUMBER".to_owned())),
        ("a:{id_number}", E::Unsafe(Unsafe::Character)),
        ("1/2/3/4/5/6/7/8/{id_number}", E::TooDeep),
    ] {
        assert_eq!(template(text), Err(error), "{text}");
    }
    for extension in ["", ".jpg", "j/g"] {
        let naming = Naming { template: "{id_number}".to_owned(), extension: extension.to_owned() };
        assert_eq!(NameTemplate::parse(&naming), Err(E::Unsafe(Unsafe::Character)));
    }
}

#[test]
fn a_value_that_cannot_be_a_name_is_named_not_changed() {
    fn with(name: &str) -> NameValues<'_> {
        NameValues { name: Some(name), ..STUDENT }
    }
    for bad in [
        "a/b",
        "a\\b",
        "..\\..",
        "a:b",
        "a*",
        "a?",
        "<a",
        "a|b",
        "\"a\"",
        "a;1",
        "a\n",
        "a\u{200B}",
        "\u{202E}gpj",
    ] {
        let error = path("{name}", &with(bad)).unwrap_err();
        assert_eq!(error, NameError::Value { field: Field::Name, why: Unsafe::Character }, "{bad:?}");
        assert_eq!(error.to_string(), "name: a character that a file name must not have");
    }
    for (bad, why) in [
        ("..", Unsafe::Edge),
        (".a", Unsafe::Edge),
        ("a ", Unsafe::Edge),
        ("　a", Unsafe::Edge),
        ("con", Unsafe::Device),
        ("COM1", Unsafe::Device),
        ("lpt³", Unsafe::Device),
        ("nul.x", Unsafe::Device),
        (&"长".repeat(57), Unsafe::TooLong),
    ] {
        assert_eq!(path("{name}", &with(bad)), Err(NameError::Whole(why)), "{bad:?}");
        assert!(path("{name}/{id_number}", &with(bad)).is_err() || why == Unsafe::TooLong);
    }
    assert!(path("{name}", &with(&"长".repeat(56))).is_ok());
    assert!(path("{name}", &with("COM10")).is_ok());
    assert!(path("{name}", &with("𠮷测")).is_ok(), "rare characters are names");
    let long = "长".repeat(50);
    let deep = NameValues {
        school: Some(&long),
        college: Some(&long),
        class: Some(&long),
        name: Some(&long),
        ..STUDENT
    };
    assert_eq!(path("{school}/{college}/{class}/{name}", &deep), Err(NameError::Whole(Unsafe::TooLong)));
}

#[test]
fn a_missing_value_is_named() {
    assert_eq!(path("{code}", &STUDENT), Err(NameError::Missing(Field::Code)));
    let blank = NameValues { class: Some(""), ..STUDENT };
    assert_eq!(path("{class}/{id_number}", &blank), Err(NameError::Missing(Field::Class)));
}

#[test]
fn names_that_differ_in_case_only_clash() {
    let names = ["a.jpg", "b.jpg", "A.JPG", "照片/x.jpg", "照片/X.jpg", "a.jpg", "strasse.jpg", "straße.jpg"];
    let clash = |first, second| Clash { first, second };
    assert_eq!(clashes(&names), [clash(0, 2), clash(3, 4), clash(0, 5), clash(6, 7)]);
    assert_eq!(clashes::<&str>(&[]), []);
}

proptest! {
    #[test]
    fn a_path_stays_below_its_folder(name in "\\PC{0,20}", class in "\\PC{0,20}") {
        let values = NameValues { name: Some(&name), class: Some(&class), ..STUDENT };
        if let Ok(path) = path("{class}/{name}", &values) {
            prop_assert_eq!(path.matches('/').count(), 1);
            prop_assert!(!path.starts_with('/') && !path.contains('\\'));
            prop_assert!(path.split('/').all(|part| part != ".." && part != "." && !part.is_empty()));
            prop_assert_eq!(path, format!("{class}/{name}.jpg"));
        }
    }

    #[test]
    fn any_template_is_answered(text in "[a-z{}/_ .]{0,24}") {
        if let Ok(template) = template(&text) {
            let _ = template.path(&STUDENT);
        }
    }
}
