//! Image archives and what lies in them, made for a test.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A tar of these files.
pub(crate) fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(content.len()).unwrap());
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

/// Packed as gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip of one file.
pub(crate) fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The digest of these bytes: the ID of an unpacked layer, or of a configuration.
pub(crate) fn diff_id(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(bytes))
}

/// An archive as the classic store writes it; the image is configured like this.
pub(crate) fn classic(layers: &[Vec<u8>], config: &Value) -> Vec<u8> {
    let ids: Vec<String> = layers.iter().map(|layer| diff_id(layer)).collect();
    let config = json!({ "config": config, "rootfs": { "type": "layers", "diff_ids": ids } }).to_string();
    let config_name = format!("{}.json", hex(config.as_bytes()));
    let names: Vec<String> = (0..layers.len()).map(|at| format!("{at:064}/layer.tar")).collect();
    let manifest = json!([{ "Config": config_name, "RepoTags": ["a:1"], "Layers": names }]).to_string();
    let mut files: Vec<(&str, &[u8])> = Vec::new();
    for (name, layer) in names.iter().zip(layers) {
        files.push((name, layer));
    }
    files.push((&config_name, config.as_bytes()));
    files.push(("manifest.json", manifest.as_bytes()));
    tar_of(&files)
}

/// An OCI layout, its layers packed in some way.
pub(crate) fn layout(layers: &[Vec<u8>], pack: impl Fn(&[u8]) -> Vec<u8>, with_docker_manifest: bool) -> Vec<u8> {
    let mut blobs: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut add = |bytes: Vec<u8>| {
        let digest = diff_id(&bytes);
        blobs.insert(format!("blobs/{}", digest.replace(':', "/")), bytes);
        digest
    };
    let ids: Vec<String> = layers.iter().map(|layer| diff_id(layer)).collect();
    let config = add(json!({ "config": {}, "rootfs": { "type": "layers", "diff_ids": ids } }).to_string().into_bytes());
    let packed: Vec<String> = layers.iter().map(|layer| add(pack(layer))).collect();
    let descriptors: Vec<_> = packed.iter().map(|digest| json!({ "digest": digest, "size": 1 })).collect();
    let manifest = json!({ "schemaVersion": 2, "config": { "digest": config }, "layers": descriptors });
    let manifest = add(manifest.to_string().into_bytes());
    let index = json!({ "schemaVersion": 2, "manifests": [{
        "digest": manifest, "annotations": { "io.containerd.image.name": "docker.io/library/a:1" } }] });
    blobs.insert("index.json".to_owned(), index.to_string().into_bytes());
    blobs.insert("oci-layout".to_owned(), b"{\"imageLayoutVersion\":\"1.0.0\"}".to_vec());
    if with_docker_manifest {
        let name = |digest: &String| format!("blobs/{}", digest.replace(':', "/"));
        let layers: Vec<String> = packed.iter().map(name).collect();
        let manifest = json!([{ "Config": name(&config), "RepoTags": ["a:1"], "Layers": layers }]);
        blobs.insert("manifest.json".to_owned(), manifest.to_string().into_bytes());
    }
    let files: Vec<(&str, &[u8])> = blobs.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    tar_of(&files)
}
