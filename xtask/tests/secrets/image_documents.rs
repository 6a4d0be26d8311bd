//! The images that an archive says it holds are those whose layers were searched.

use std::io::{Cursor, Read};

use secretscan::archive::{Content, read_tar};
use secretscan::{SearchResult, search};
use serde_json::Value;
use xtask::domain::image_archive::images;

use crate::archive_forms::{archive_forms, zstd};
use crate::detector;
use crate::image_archives::{classic, gzip, layout, tar_of};

fn read(archive: impl Read) -> Content {
    search(&detector(), |feeder| read_tar(feeder, archive, &|_| false)).result.unwrap()
}

/// Two layers; the second one deletes a file of the first, which stays there.
fn layers() -> Vec<Vec<u8>> {
    vec![
        tar_of(&[("app/deleted.py", &vec![b'a'; 6_000_000]), ("app/clean.py", b"print('hello')\n")]),
        tar_of(&[("app/.wh.deleted.py", b"")]),
    ]
}

#[test]
fn every_form_of_archive_names_the_layers_that_were_searched() {
    let layers = layers();
    for (name, archive) in archive_forms(&layers) {
        let content = read(Cursor::new(archive));
        let images = images(&content.documents).unwrap();
        assert_eq!(images.len(), 1, "{name}");
        assert_eq!((images[0].layers.len(), images[0].diff_ids.len()), (2, 2), "{name}");
        for layer in &images[0].layers {
            assert!(content.layers.contains_key(layer), "{name}: {layer}");
        }
    }
}

#[test]
fn a_layer_that_cannot_be_read_to_its_end_is_never_called_searched() {
    let layers = layers();
    let cut = |bytes: &[u8]| bytes[..bytes.len() * 2 / 3].to_vec();
    let read_as = |pack: &dyn Fn(&[u8]) -> Vec<u8>| {
        let content = read(Cursor::new(layout(&layers[..1], pack, false)));
        let layer = images(&content.documents).unwrap()[0].layers[0].clone();
        assert!(!content.layers.contains_key(&layer), "{layer}");
        (content.broken.contains_key(&layer), content.files.contains(&layer))
    };
    assert_eq!(read_as(&|bytes| cut(&gzip(bytes))), (true, false));
    assert_eq!(read_as(&|bytes| cut(&zstd(bytes))), (true, false));
    assert_eq!(read_as(&|_| vec![7; 900]), (false, true), "what is no layer is read as a file");
    // One that is cut off before its manifest has come is no archive at all.
    let whole = classic(&layers, &Value::Null);
    let SearchResult { result, .. } =
        search(&detector(), |feeder| read_tar(feeder, Cursor::new(&whole[..whole.len() / 2]), &|_| false));
    let missing = result.map_or(true, |content| images(&content.documents).is_err());
    assert!(missing);
}
