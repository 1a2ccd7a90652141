use super::*;
use secrecy::ExposeSecret;

fn load(text: &str) -> Result<Config, String> {
    let folder = std::env::temp_dir().join(format!("skubill-config-{}-{:x}", std::process::id(), text.len()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("secret.txt"), "s3cret\n").expect("a secret");
    std::fs::write(folder.join("skubill.toml"), text).expect("a file");
    let config = Config::load(&folder.join("skubill.toml")).map_err(|error| error.to_string());
    std::fs::remove_dir_all(&folder).expect("removed");
    config
}

const GOOD: &str = r#"
        [[account]]
        url = "https://eu2-cloud.acronis.com"
        client_id = "id"
        client_secret = { file = "secret.txt" }
        [[account.billing]]
        prices = "p.json"
        customers = "c.json"
        abiquo = { url = "https://abiquo.example.com/api", token = { file = "secret.txt" } }
"#;

#[test]
fn a_configuration_and_its_secret() {
    let config = load(GOOD).expect("valid");
    assert_eq!(config.accounts[0].client_secret.expose_secret(), "s3cret");
    assert_eq!(config.accounts[0].billings[0].provider, "ACRONIS");
    assert!(!format!("{config:?}").contains("s3cret"));
    assert_eq!(config.time, Times { posting_seconds: 300, run_seconds: 21_600 });
    let insecure = GOOD
        .replace("url = \"https://eu2", "insecure_http = true\n        url = \"http://eu2")
        .replace("url = \"https://abiquo", "insecure_http = true, url = \"http://abiquo");
    let config = load(&format!("time = {{ posting_seconds = 7 }}\n{insecure}")).expect("valid");
    assert!(config.accounts[0].base_url().is_ok() && config.accounts[0].billings[0].abiquo.base_url().is_ok());
    assert_eq!((config.time.posting_seconds, config.time.run_seconds), (7, 21_600));
}

#[test]
fn mistakes_are_named() {
    for (from, to, said) in [
        ("{ file = \"secret.txt\" }\n        [[", "\"s3cret\"\n        [[", "a secret is named, not written here"),
        (
            "{ file = \"secret.txt\" }\n        [[",
            "{ env = \"SKUBILL_NO_SUCH_VARIABLE\" }\n        [[",
            "SKUBILL_NO_SUCH_VARIABLE is not set",
        ),
        ("prices =", "provider = \"Azure-east\"\n        prices =", "\"Azure-east\" is not allowed"),
        ("prices =", "provider = \"AMAZON \"\n        prices =", "\"AMAZON \" is not what is seen of it: write \"AMAZON\""),
        ("prices =", "provider = \"ＡＭＡＺＯＮ\"\n        prices =", "write \"AMAZON\""),
        ("prices =", "provider = \"AMA\u{200b}ZON\"\n        prices =", "\"AMA\\u{200b}ZON\" is not what is seen of it"),
        ("https://eu2", "http://eu2", "account account-1: url: `http://eu2-cloud.acronis.com` cannot be a service's address: http would"),
        ("https://abiquo", "http://abiquo", "account account-1: abiquo.url: `http://abiquo.example.com` cannot be"),
        ("[[account]]", "time = { run_seconds = 0 }\n        [[account]]", "in 0 seconds nothing can be done"),
        ("prices =", "price =", "unknown field `price`"),
    ] {
        let error = load(&GOOD.replace(from, to)).expect_err(said);
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
    let twice = load(&format!("{GOOD}\n{}", GOOD.replace("[[account]]", "[[account]]\n        name = \"account-1\""))).expect_err("two");
    assert!(twice.contains("needs a name of its own"), "{twice}");
}

/// The page has a row for each key that is read: an unknown key is refused with the names of all known ones.
#[test]
fn the_page_has_every_key() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md")).expect("the page");
    // Tables have sections of their own, or their keys have rows.
    let tables = ["account", "billing", "bounds", "time", "wire"];
    let mut keys = 0;
    for (prefix, unknown) in [
        ("", "unknown = 1"),
        ("time.", "time = { unknown = 1 }"),
        ("", "[[account]]\nunknown = 1"),
        ("", "[[account]]\n[[account.billing]]\nunknown = 1"),
        ("bounds.", "[[account]]\n[[account.billing]]\nbounds = { unknown = 1 }"),
        ("", "[[account]]\n[[account.billing]]\nabiquo = { unknown = 1 }"),
        ("wire.", "[[account]]\n[[account.billing]]\nabiquo = { wire = { unknown = 1 } }"),
    ] {
        let error = toml::from_str::<RawConfig>(unknown).err().expect("refused");
        let (_, known) = error.message().split_once("expected ").unwrap_or_else(|| panic!("{unknown}: {error}"));
        for key in known.split('`').skip(1).step_by(2).filter(|key| !tables.contains(key)) {
            keys += 1;
            let written = [format!("`{prefix}{key}`"), format!("`.{key}`")];
            assert!(written.iter().any(|key| page.contains(key)), "{prefix}{key} has no row");
        }
    }
    assert!(keys > 30, "the keys are named: {keys}");
}
