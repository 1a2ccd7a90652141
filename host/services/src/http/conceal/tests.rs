use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::*;

fn basic(pair: &str) -> Secrets {
    Secrets::of_authorization(&format!("Basic {}", BASE64_STANDARD.encode(pair)))
}

fn token() -> Secrets {
    Secrets::of_authorization("Token hush-hush/Ab0+")
}

#[test]
fn a_secret_is_hidden_in_every_spelling() {
    let secrets = basic("clerk:pa/ss\"w&rd");
    for said in [
        "pa/ss\"w&rd",
        "pa/ss\\\"w&rd",
        "pa\\/ss\\\"w&rd",
        "pa/ss&quot;w&amp;rd",
        "pa%2Fss%22w%26rd",
        &BASE64_STANDARD.encode("clerk:pa/ss\"w&rd"),
    ] {
        assert_eq!(secrets.hidden(&format!("no: {said}.")), "no: [secret].", "{said}");
    }
    let token = Secrets::of_authorization("Bearer ey.to.ken");
    assert_eq!(token.hidden("Bearer ey.to.ken, ey.to.ken"), "Bearer [secret], [secret]");
    assert!(!format!("{token:?}").contains("ey"));
}

#[test]
fn nothing_that_is_put_inside_or_around_it_shows_it() {
    let secret = "hush-hush/Ab0+";
    let with = |between: &str| secret.chars().map(|c| format!("{c}{between}")).collect::<String>();
    let each = |spell: &dyn Fn(char) -> String| secret.chars().map(spell).collect::<String>();
    let spelled = [
        with("\u{200b}"),
        with("\0"),
        with("\u{ad}"),
        with("\u{feff}"),
        with(" "),
        with("\n"),
        with("\u{2060}\u{200d}"),
        with("\u{e0041}"),
        with("%00"),
        with("%E2%80%8B"),
        with("\\u200b"),
        with("&#8203;"),
        with("&shy;"),
        with("\\n"),
        secret.to_uppercase(),
        "ｈｕｓｈ－ｈｕｓｈ／Ａｂ０＋".to_owned(),
        each(&|c| format!("\\u{:04x}", u32::from(c))),
        each(&|c| format!("\\\\u{:04X}", u32::from(c))),
        each(&|c| format!("\\x{:02x}", u32::from(c))),
        each(&|c| format!("%{:02x}", u32::from(c))),
        each(&|c| format!("%25{:02X}", u32::from(c))),
        each(&|c| format!("&#{};", u32::from(c))),
        each(&|c| format!("&#x{:x};", u32::from(c))),
        each(&|c| format!("%26%23{}%3B", u32::from(c))),
        each(&|c| format!("{:02x}", u32::from(c))),
        BASE64_STANDARD.encode(secret),
        BASE64_URL_SAFE_NO_PAD.encode(secret),
    ];
    for said in spelled {
        let hidden = token().hidden(&format!("({said})")).into_owned();
        assert!(hidden.starts_with("([secret]"), "{said:?}: {hidden:?}");
        let left: String = hidden.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        assert!(!left.replacen("secret", "", 1).contains("Ab0") && hidden.len() < 40, "{said:?}: {hidden:?}");
    }
    // Inside a longer text in base64, wherever it begins there.
    for before in ["", "a", "ab", "abc"] {
        let said = BASE64_STANDARD.encode(format!("{before}{secret} and more"));
        let hidden = token().hidden(&said).into_owned();
        assert!(hidden.contains("[secret]"), "{said}: {hidden}");
    }
}

#[test]
fn long_texts_are_looked_at_whole() {
    let secret = "hush-hush/Ab0+";
    for before in [0, 65_500, 65_520, 65_530, 65_536, 65_540, 200_000] {
        let text = format!("{}{secret}{}", "é".repeat(before / 2), "x".repeat(70_000));
        let hidden = token().hidden(&text).into_owned();
        assert_eq!(hidden.matches("[secret]").count(), 1, "{before}");
        assert!(!hidden.contains("hush"), "{before}");
        assert_eq!(hidden.len(), text.len() - secret.len() + CONCEALED.len());
    }
}

#[test]
fn bodies_are_hidden_in_as_text_and_as_json() {
    let secrets = Secrets::of_authorization("Token hush-hush");
    let hidden = |body: &str| String::from_utf8(secrets.hidden_refusal(body.into())).expect("text");
    assert_eq!(hidden("<b>hush-hush</b>"), "<b>[secret]</b>");
    assert_eq!(hidden(r#"{"a": [{"b": "\u0068ush-hush!"}]}"#), r#"{"a": [{"b": "[secret]!"}]}"#);
    assert_eq!(hidden(r#"{"hush-hush": 1}"#), r#"{"[secret]": 1}"#);
    // What says no secret stays as it came, also where it is no text.
    assert_eq!(secrets.hidden_refusal(b"\xff{ \"a\" :1}".to_vec()), b"\xff{ \"a\" :1}");
    assert_eq!(hidden("{ \"a\" : 1.0 }"), "{ \"a\" : 1.0 }");
}

#[test]
fn data_is_hidden_in_and_its_numbers_stay() {
    let secrets = Secrets::of_authorization("Token hush-hush");
    let hidden = |body: &str| String::from_utf8(secrets.hidden_data(body.into())).expect("text");
    assert_eq!(
        hidden(r#"{"name": "of hu\u200bsh-hush", "price": 23.40, "x": [1e3, "a\"b", "\ud800 hush-hush"], "hush-hush": 1}"#),
        r#"{"name": "of [secret]", "price": 23.40, "x": [1e3, "a\"b", "\ud800 [secret]"], "hush-hush": 1}"#
    );
    assert_eq!(hidden("The estimate is hush-hush 1.17 USD"), "The estimate is [secret] 1.17 USD");
    // One that could be an amount or a date changes no data, and is hidden where nothing is data.
    let number = Secrets::of_authorization("Token 2021");
    let body = br#"{"date": "2021/08/31 00:00:00 +0000", "price": 2021.00}"#.to_vec();
    assert_eq!(number.hidden_data(body.clone()), body);
    assert!(!String::from_utf8(number.hidden_refusal(body)).expect("text").contains("2021"));
}

#[test]
fn what_is_too_short_to_be_a_secret_is_none() {
    assert_eq!(basic("a:b").hidden("a:b a b"), "a:b a b");
    assert_eq!(Secrets::of_authorization("").hidden("all"), "all");
}
