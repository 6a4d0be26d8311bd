//! Tests of the calls, and of reading answers.

use super::*;

const DIGEST: &str = "sha256:450ba2acb9f222885a57f16a8c5b3b915dd512b7221e97962d1c50f801394c60";
const CONFIG: &str = "sha256:729474cafeb3bbd4a068d430d85c41e8ae11f8e652430d8e9db535bfd55e51fa";

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

#[test]
fn a_candidate_is_copied_by_its_digest() {
    let candidate =
        Candidate { reference: reference("r.example:5000/team/app:1.0.0-g1"), digest: DIGEST.parse().unwrap() };
    let call = copy(&candidate.by_digest(), &reference("r.example:5000/team/app:1.0.0"));
    assert_eq!(
        call.to_string(),
        format!(
            "docker buildx imagetools create --prefer-index=false --tag r.example:5000/team/app:1.0.0 \
             r.example:5000/team/app@{DIGEST}"
        )
    );
}

#[test]
fn the_digest_is_read_from_both_clients() {
    let tag = reference("127.0.0.1:5000/team/app:1.0.0");
    let entry = format!(r#"{{"Ref":"x","Descriptor":{{"mediaType":"m","digest":"{DIGEST}","size":528}}}}"#);
    let digest = Some(DIGEST.parse().unwrap());
    let inspected = format!("WARNING: x\n{{\n \"mediaType\": \"m\",\n \"digest\": \"{DIGEST}\",\n \"size\": 528\n}}");
    assert_eq!(read_inspected(&tag, (Some(0), &inspected, "")), Ok(digest.clone()));
    assert_eq!(read_manifest(&tag, (Some(0), &entry, "")), Ok(digest));
    let index = RegistryFailure::Index { reference: Box::new(tag.clone()) };
    assert_eq!(read_manifest(&tag, (Some(0), &format!("[{entry},{entry}]"), "")), Err(index));
    for unreadable in ["", "{}", "null", "[]", r#"{"digest":"sha256:1"}"#, r#"{"Descriptor":{"digest":7}}"#] {
        let failure = RegistryFailure::Unreadable { reference: Box::new(tag.clone()) };
        assert_eq!(read_inspected(&tag, (Some(0), unreadable, "")), Err(failure), "{unreadable}");
    }
    assert!(read_manifest(&tag, (Some(0), "{}", "")).is_err());
}

#[test]
fn only_a_missing_tag_is_none() {
    let tag = reference("127.0.0.1:5000/team/app:1.0.0");
    let asked = |said: &str| read_inspected(&tag, (Some(1), "", said));
    assert_eq!(asked("ERROR: 127.0.0.1:5000/team/app:1.0.0: not found\n"), Ok(None));
    assert_eq!(read_manifest(&tag, (Some(1), "", "no such manifest: 127.0.0.1:5000/team/app:1.0.0\n")), Ok(None));
    for (said, cause) in [
        ("ERROR: failed to do request: Head \"http://127.0.0.1:5000/v2/\": EOF\n", Cause::NoAnswer),
        ("ERROR: unexpected status from HEAD request to http://x: 403 Forbidden\n", Cause::Denied),
        ("docker: 'buildx' is not a docker command.\nSee 'docker --help'\n", Cause::Other),
        ("", Cause::Other),
    ] {
        assert_eq!(asked(said).unwrap_err().cause(), Some(cause), "{said}");
    }
    // A signal ended the client after it had printed.
    assert!(read_inspected(&tag, (None, &format!("{{\"digest\":\"{DIGEST}\"}}"), "")).is_err());
}

#[test]
fn the_configuration_of_a_manifest_is_found() {
    let manifest = format!(r#"{{"schemaVersion":2,"config":{{"mediaType":"m","digest":"{CONFIG}"}},"layers":[]}}"#);
    assert_eq!(config_of(&manifest).as_deref(), Some(CONFIG));
    for name in ["SchemaV2Manifest", "OCIManifest"] {
        let entry = format!(r#"{{"Descriptor":{{"digest":"{DIGEST}"}},"{name}":{manifest}}}"#);
        assert_eq!(config_of(&entry).as_deref(), Some(CONFIG));
    }
    assert_eq!(config_of(r#"{"schemaVersion":2,"manifests":[{"digest":"x"}]}"#), None);
}

#[test]
fn an_engine_speaks_http_on_this_machine_and_where_it_is_told_to() {
    let config = r#"{"InsecureRegistryCIDRs":["127.0.0.0/8"],"IndexConfigs":{"docker.io":{"Name":"docker.io","Secure":true},
        "registry.lan:5000":{"Name":"registry.lan:5000","Mirrors":[],"Secure":false,"Official":false}},"Mirrors":null}"#;
    for plain in ["127.0.0.1:5000/a:1", "localhost:5000/a:1", "localhost/a:1", "127.1.2.3/a:1", "registry.lan:5000/a:1"]
    {
        assert!(is_plain(&reference(plain), config), "{plain}");
    }
    for secure in ["a:1", "team/a:1", "registry.lan/a:1", "registry.lan:5001/a:1", "128.0.0.1:5000/a:1"] {
        assert!(!is_plain(&reference(secure), config), "{secure}");
    }
    assert!(!is_plain(&reference("registry.lan:5000/a:1"), ""));
}
